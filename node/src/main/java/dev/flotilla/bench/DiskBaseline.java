package dev.flotilla.bench;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Engine;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.engine.rocks.RocksEngines;
import dev.flotilla.engine.rocks.RocksSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Synced puts straight into RocksDB, a thread for each that is in flight: what the disk can do. */
final class DiskBaseline {
  private static final int THREADS_MAX = 256;

  private final Path folder;
  private final LoadPlan plan;

  /**
   * @param folder empty, on the disk to be measured; left behind with what was written
   */
  DiskBaseline(Path folder, LoadPlan plan) {
    this.folder = folder;
    this.plan = plan;
  }

  LoadResult run() throws InterruptedException {
    int threads = Math.min(plan.inFlight(), THREADS_MAX);
    Histogram micros = new ConcurrentHistogram(3);
    AtomicBoolean stopping = new AtomicBoolean();
    Failures failures = new Failures();
    try (Engines engines = RocksEngines.open(folder, RocksSettings.defaults(), failures::add)) {
      List<Thread> writers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        SplittableRandom chance = new SplittableRandom(i);
        Thread writer =
            new Thread(() -> write(engines.raft(), chance, stopping, micros), "baseline-" + i);
        writer.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
        writers.add(writer);
      }
      writers.forEach(Thread::start);
      TimeUnit.SECONDS.sleep(plan.warmUpSeconds());
      micros.reset();
      long startNanos = System.nanoTime();
      TimeUnit.SECONDS.sleep(plan.seconds());
      Histogram counted = micros.copy();
      double seconds = (double) (System.nanoTime() - startNanos) / 1e9;
      stopping.set(true);
      for (Thread writer : writers) {
        writer.join();
      }
      return new LoadResult("synced RocksDB put", threads, seconds, counted, failures.seen(), null);
    }
  }

  private void write(
      Engine engine, SplittableRandom chance, AtomicBoolean stopping, Histogram micros) {
    byte[] value = new byte[plan.valueBytes()];
    try (WriteBatch batch = engine.newBatch()) {
      while (!stopping.get()) {
        long startNanos = System.nanoTime();
        chance.nextBytes(value);
        batch.clear();
        batch.put(Cf.DEFAULT, Requests.key(chance.nextLong(plan.keys())).toByteArray(), value);
        engine.write(batch, true);
        micros.recordValue((System.nanoTime() - startNanos) / 1000);
      }
    }
  }
}
