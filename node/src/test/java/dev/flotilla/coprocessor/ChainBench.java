package dev.flotilla.coprocessor;

import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.ProposeContext;
import dev.flotilla.coprocessor.api.QueryBatch;
import dev.flotilla.coprocessor.api.QueryObserver;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What the host adds to a write before its proposal: with no plugin it should be about nothing, and
 * allocate nothing. Run {@link #main} with the test class path.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class ChainBench {

  private static class Looks implements QueryObserver {
    @Override
    public void preProposeQuery(ProposeContext context, QueryBatch batch) {
      if (batch.size() == 0) {
        throw new AssertionError("an empty batch");
      }
    }
  }

  private static final class LooksToo extends Looks {}

  private static final class LooksAlso extends Looks {}

  private static final class Edits implements QueryObserver {
    private final Bytes value = Bytes.utf8("another value");

    @Override
    public void preProposeQuery(ProposeContext context, QueryBatch batch) {
      batch.setValue(0, value);
    }
  }

  @Param({"0", "1", "3"})
  public int plugins;

  private final RaftCmdRequest command = Commands.command(Commands.put("k", "v"));
  private final CoprocessorHost editing = Commands.hostOf(new Edits());
  private CoprocessorHost host = CoprocessorHost.withBuiltIns();

  /** Publishes as many observers of different classes. */
  @Setup
  public void publish() {
    List<QueryObserver> observers = List.of(new Looks(), new LooksToo(), new LooksAlso());
    List<QueryObserver> chosen = new ArrayList<>(observers.subList(0, plugins));
    host = Commands.hostOf(chosen.toArray(QueryObserver[]::new));
  }

  /** The baseline: the call left out. */
  @Benchmark
  public RaftCmdRequest none() {
    return command;
  }

  /** Observers that look and do not edit. */
  @Benchmark
  public RaftCmdRequest preProposeQuery() {
    return host.preProposeQuery(Commands.REGION, 6, command);
  }

  /** One observer that replaces a value. */
  @Benchmark
  public RaftCmdRequest oneEdit() {
    return editing.preProposeQuery(Commands.REGION, 6, command);
  }

  public static void main(String[] args) throws RunnerException {
    new Runner(
            new OptionsBuilder()
                .include(ChainBench.class.getSimpleName())
                .addProfiler(GCProfiler.class)
                .build())
        .run();
  }
}
