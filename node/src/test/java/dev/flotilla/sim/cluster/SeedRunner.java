package dev.flotilla.sim.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;

/** Runs seeds on all cores and says what they were worth. */
final class SeedRunner {
  private static final long TWICE_EVERY = 50;
  private static final int FAILURES_MAX = 5;

  /** Seeds from which on it is required that each sight was seen, and in how many of 100. */
  private static final int SIGHTS_FROM = 300;

  private static final long SIGHTS_PERCENT = 20;

  /**
   * Where only one of some 600 seeds crashes, as a snapshot must be accepted just then; and how
   * many seeds it takes for it to be required. All of so many miss it in one of 4000 runs.
   */
  private static final CrashPoint RARE = CrashPoint.RAFT_BETWEEN_SAVE;

  private static final int RARE_FROM = 5000;

  /** What a good share of seeds should see; else the runs prove little. */
  private static final Map<String, String> SIGHTS =
      Map.of(
          "snapshot", "snapshot received",
          "split", "range changed",
          "conf change", "members changed",
          "joint change", "joint membership",
          "crash", "crash",
          "transfer", "timeout now sent",
          "lease read", "lease read",
          "hibernation", "hibernation sent");

  private final AtomicLong next;
  private final ConcurrentLinkedQueue<Simulation.Outcome> outcomes = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong twice = new AtomicLong();

  SeedRunner(long first) {
    next = new AtomicLong(first);
  }

  List<String> failures() {
    return new ArrayList<>(failures);
  }

  void runOne(long seed) {
    long began = System.nanoTime();
    Simulation.Outcome outcome = run(seed, true);
    outcome.faults().forEach(System.out::println);
    close(began);
  }

  void runSeeds(long count) {
    long last = next.get() + count;
    runWhile(seed -> seed < last);
  }

  void runFor(long seconds) {
    long until = System.nanoTime() + seconds * Timeline.SECOND;
    runWhile(seed -> System.nanoTime() < until);
  }

  private void runWhile(LongPredicate more) {
    long began = System.nanoTime();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      Thread thread = new Thread(() -> work(more), "seeds " + i);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted", e);
      }
    }
    close(began);
  }

  private void work(LongPredicate more) {
    while (failures.size() < FAILURES_MAX) {
      long seed = next.getAndIncrement();
      if (!more.test(seed)) {
        return;
      }
      run(seed, seed % TWICE_EVERY == 0);
    }
  }

  private Simulation.Outcome run(long seed, boolean again) {
    Simulation.Outcome outcome = Simulation.run(seed);
    outcomes.add(outcome);
    if (outcome.violation() != null) {
      fail(outcome);
    } else if (again) {
      twice.incrementAndGet();
      if (Simulation.run(seed).traceHash() != outcome.traceHash()) {
        failures.add("seed " + seed + " does not run twice alike");
      }
    }
    return outcome;
  }

  private void fail(Simulation.Outcome outcome) {
    Simulation.Outcome shrunk = Shrinker.shrink(outcome);
    StringBuilder text = new StringBuilder();
    text.append("seed ").append(outcome.seed()).append(" fails; run it with -Dsim.seed=");
    text.append(outcome.seed()).append('\n').append(Knobs.draw(outcome.seed())).append('\n');
    text.append(shrunk.faults().size()).append(" of ").append(outcome.faults().size());
    text.append(" faults are enough:\n");
    shrunk.faults().forEach(fault -> text.append("  ").append(fault).append('\n'));
    shrunk.traceTail().forEach(line -> text.append("  ").append(line).append('\n'));
    text.append(shrunk.violation());
    failures.add(text.toString());
    System.out.println(text);
  }

  /** Seeds in which hardly anything happens prove nothing; a few may be like that by chance. */
  private void requireSights(Map<String, Long> seen, List<String> missedPoints) {
    if (outcomes.size() < SIGHTS_FROM) {
      return;
    }
    seen.forEach(
        (name, count) -> {
          if (count * 100 < outcomes.size() * SIGHTS_PERCENT) {
            failures.add("only " + count + " of " + outcomes.size() + " seeds saw a " + name);
          }
        });
    List<String> required = new ArrayList<>(missedPoints);
    if (outcomes.size() < RARE_FROM) {
      required.remove(RARE.name());
    }
    if (!required.isEmpty()) {
      failures.add("nothing crashed at " + required);
    }
  }

  private void close(long began) {
    double seconds = (System.nanoTime() - began) / 1e9;
    double simulated = 0;
    long operations = 0;
    long events = 0;
    Map<String, Long> seen = new TreeMap<>();
    for (Simulation.Outcome outcome : outcomes) {
      simulated += outcome.simulatedSeconds();
      operations += outcome.operations();
      events += outcome.events();
      SIGHTS.forEach(
          (name, count) -> seen.merge(name, outcome.tally().of(count) > 0 ? 1L : 0L, Long::sum));
    }
    Map<String, Long> all = new TreeMap<>();
    outcomes.forEach(
        outcome -> outcome.tally().all().forEach((what, n) -> all.merge(what, n, Long::sum)));
    List<String> missed = new ArrayList<>();
    for (CrashPoint point : CrashPoint.values()) {
      if (!all.containsKey("crash at " + point)) {
        missed.add(point.name());
      }
    }
    if (Boolean.getBoolean("sim.tally")) {
      System.out.println(all);
    }
    requireSights(seen, missed);
    StringBuilder sights = new StringBuilder();
    seen.forEach(
        (name, count) ->
            sights.append(
                ", %s %d%%".formatted(name, Math.round(100.0 * count / outcomes.size()))));
    System.out.printf(
        "%d seeds in %.0f s, %d violations, %d operations, %d events, %d run twice%s,"
            + " crashed at %d of %d points, %.0f times real time, %.0f seeds a minute%n",
        outcomes.size(),
        seconds,
        failures.size(),
        operations,
        events,
        twice.get(),
        sights,
        CrashPoint.values().length - missed.size(),
        CrashPoint.values().length,
        simulated / seconds,
        outcomes.size() * 60 / seconds);
  }
}
