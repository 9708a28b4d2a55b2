package dev.flotilla.raftstore.apply;

import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.engine.Engine;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.rocks.RocksEngines;
import dev.flotilla.engine.rocks.RocksSettings;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.raft.Entry;
import dev.flotilla.raft.Payload;
import dev.flotilla.raftstore.AnswerBurst;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.RaftCommands;
import dev.flotilla.raftstore.wire.RegionStates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Applying 64 puts of 100 bytes in one batch, per put: what is ours and what is the engine's. The
 * keys come round, so that the engine in memory does not grow. Run {@link #main} with the test
 * class path.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ApplyBench {
  private static final int PUTS = 64;
  private static final int BATCHES = 256;
  private static final long STAMP = 1_700_000_000_000L;

  @Param({"sim", "rocks"})
  public String engine = "sim";

  private final List<List<Payload>> commands = new ArrayList<>();
  private Path folder = Path.of("");
  private AutoCloseable owner = () -> {};
  private ApplyRunner runner =
      new ApplyRunner(
          SimEngine.kv(), CoprocessorHost.withBuiltIns(), AnswerBurst.NONE, result -> true);
  private SimEngine memory = SimEngine.kv();
  private long lastIndex;
  private int batch;

  /** Opens the engine and makes the commands. */
  @Setup
  public void open() throws IOException {
    Engine kv;
    if (engine.equals("rocks")) {
      folder = Files.createTempDirectory("apply-bench");
      Engines engines =
          RocksEngines.open(
              folder,
              RocksSettings.defaults(),
              fault -> {
                throw fault;
              });
      owner = engines;
      kv = engines.kv();
    } else {
      kv = memory;
    }
    runner = new ApplyRunner(kv, CoprocessorHost.withBuiltIns(), AnswerBurst.NONE, result -> true);
    runner.run(
        List.of(
            new ApplyTask.Registration(
                RaftCommands.PEER_ID,
                6,
                RegionStates.initialApplyState(),
                5,
                RaftCommands.REGION)));
    lastIndex = RegionStates.INITIAL_INDEX;
    String value = "v".repeat(100);
    for (int i = 0; i < BATCHES; i++) {
      List<Payload> batchOf = new ArrayList<>();
      for (int j = 0; j < PUTS; j++) {
        String key = "key" + (i * PUTS + j) * 7919 % (BATCHES * PUTS);
        RaftCmdRequest command = RaftCommands.stamped(STAMP, RaftCommands.put(key, value));
        batchOf.add(Payload.of(command.toByteArray()));
      }
      commands.add(batchOf);
    }
  }

  /** Entries and those who wait for them, as the store hands them over; then one write. */
  @Benchmark
  @OperationsPerInvocation(PUTS)
  public void applyPuts() {
    List<Entry> entries = new ArrayList<>(PUTS);
    List<Proposal> proposals = new ArrayList<>(PUTS);
    for (Payload data : commands.get(batch)) {
      entries.add(Entry.normal(6, ++lastIndex, data));
      proposals.add(new Proposal(lastIndex, 6, Callback.IGNORE));
    }
    batch = (batch + 1) % BATCHES;
    if (batch == 0) {
      // The engine in memory keeps all that is unsynced.
      memory.syncWal();
    }
    runner.run(
        List.of(
            new ApplyTask.Proposals(RaftCommands.REGION_ID, RaftCommands.PEER_ID, proposals),
            new ApplyTask.Entries(RaftCommands.REGION_ID, 6, entries, false, false)));
  }

  /** Closes the engine and removes its folder. */
  @TearDown
  public void close() throws Exception {
    runner.close();
    owner.close();
    if (engine.equals("rocks")) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  public static void main(String[] args) throws RunnerException {
    new Runner(
            new OptionsBuilder()
                .include(ApplyBench.class.getSimpleName())
                .addProfiler(GCProfiler.class)
                .build())
        .run();
  }
}
