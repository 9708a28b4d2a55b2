package dev.flotilla.sim.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Runs seeds until one fails; for tests that load this class with a bug in it. */
public final class SeedHunt {
  private SeedHunt() {}

  /**
   * Runs seeds from {@code first} on for at most {@code seconds}.
   *
   * @return "caught" or "missed", the seeds that were run, the seconds it took, and what was wrong
   */
  public static Object[] hunt(long first, long seconds) throws InterruptedException {
    long began = System.nanoTime();
    AtomicLong next = new AtomicLong(first);
    AtomicLong run = new AtomicLong();
    ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      Thread thread =
          new Thread(
              () -> {
                while (violations.isEmpty()
                    && System.nanoTime() - began < seconds * Timeline.SECOND) {
                  Simulation.Outcome outcome = Simulation.run(next.getAndIncrement());
                  run.incrementAndGet();
                  String wrong = outcome.violation();
                  if (wrong != null) {
                    violations.add(wrong.lines().findFirst().orElse("?"));
                  }
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    double took = (System.nanoTime() - began) / 1e9;
    return new Object[] {
      violations.isEmpty() ? "missed" : "caught", run.get(), took, String.join("; ", violations)
    };
  }
}
