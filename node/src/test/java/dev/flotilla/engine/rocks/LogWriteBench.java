package dev.flotilla.engine.rocks;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.engine.sim.SimEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What a readiness pass writes, without its sync: 16 entries over as many regions as they meet, and
 * a state for each of those; the cost of an entry. Run {@link #main} with the test class path.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 3)
@Fork(3)
public class LogWriteBench {
  private static final int ENTRIES = 16;

  @Param({"1", "16", "256"})
  public int regions = 1;

  private final Random random = new Random(1);
  private final byte[] entry = new byte[160];
  private final byte[] state = new byte[20];
  private long[] lastIndexes = new long[0];
  private Path folder = Path.of("");
  private Engines engines = new Engines(SimEngine.kv(), SimEngine.raft());

  /** Opens the databases in a folder of their own. */
  @Setup
  public void open() throws IOException {
    folder = Files.createTempDirectory("log-write-bench");
    lastIndexes = new long[regions];
    engines =
        RocksEngines.open(
            folder,
            RocksSettings.defaults(),
            fault -> {
              throw fault;
            });
  }

  /** One pass. */
  @Benchmark
  @OperationsPerInvocation(ENTRIES)
  public void writePass() {
    try (WriteBatch batch = engines.raft().newBatch()) {
      for (int i = 0; i < ENTRIES; i++) {
        int region = random.nextInt(regions);
        batch.put(Cf.DEFAULT, Keys.raftLogKey(1000 + region, ++lastIndexes[region]), entry);
        if (regions > 1 || i == ENTRIES - 1) {
          batch.put(Cf.DEFAULT, Keys.raftStateKey(1000 + region), state);
        }
      }
      engines.raft().write(batch, false);
    }
  }

  /** Closes the databases and removes their folder. */
  @TearDown
  public void close() throws IOException {
    engines.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  public static void main(String[] args) throws RunnerException {
    new Runner(new OptionsBuilder().include(LogWriteBench.class.getSimpleName()).build()).run();
  }
}
