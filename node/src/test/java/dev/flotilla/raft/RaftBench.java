package dev.flotilla.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Costs of the algorithm alone: its storage is a ring of entries that allocates nothing. {@code
 * gc.alloc.rate.norm} is what one operation allocates.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RaftBench {
  private static final int GROUPS = 10_000;
  private static final int BATCH = 16;
  private static final int WINDOW = 256;
  private static final int KEPT = 1 << 12;

  private final Payload command = Payload.of(new byte[64]);
  private final RingStorage aloneDisk = new RingStorage(KEPT, 1);
  private final RawNode alone = node(1, aloneDisk);
  private final List<RawNode> three = new ArrayList<>();
  private final List<RingStorage> disks = new ArrayList<>();
  private final List<RawNode> idle = new ArrayList<>();
  private final List<RawNode> leading = new ArrayList<>();
  private final RingStorage busyDisk = new RingStorage(KEPT, 1, 2, 3);
  private final RawNode busy = node(1, busyDisk);
  private long acked;

  /** Runs all benchmarks of this class, or those that {@code args[0]} matches. */
  public static void main(String[] args) throws RunnerException {
    new Runner(
            new OptionsBuilder()
                .include(RaftBench.class.getSimpleName() + (args.length > 0 ? "." + args[0] : ""))
                .addProfiler("gc")
                .build())
        .run();
  }

  /** No election may start during a benchmark. */
  private static RawNode node(long id, RaftStorage disk) {
    RaftConfig.Builder settings =
        TestCluster.config(id)
            .skipBcastCommit(true)
            .batchAppend(true)
            .inflightMessagesMax(WINDOW)
            .heartbeatTicks(1 << 27)
            .electionTicks(1 << 28);
    return new RawNode(settings.build(), disk);
  }

  /** Elects what has to lead. */
  @Setup
  public void setUp() {
    alone.campaign();
    drain(alone, aloneDisk);
    for (long id = 1; id <= 3; id++) {
      disks.add(new RingStorage(KEPT, 1, 2, 3));
      three.add(node(id, disks.get((int) id - 1)));
    }
    three.get(0).campaign();
    exchange();
    for (int i = 0; i < GROUPS; i++) {
      RingStorage disk = new RingStorage(2, 1, 2, 3);
      RawNode follower = node(1, disk);
      follower.step(Message.builder(MsgType.HEARTBEAT).from(2).to(1).term(1).build());
      drain(follower, disk);
      idle.add(follower);
      RingStorage leaderDisk = new RingStorage(2, 1, 2, 3);
      RawNode leader = node(1, leaderDisk);
      lead(leader, leaderDisk);
      leading.add(leader);
    }
    lead(busy, busyDisk);
    answer(2, 1);
    answer(3, 1);
    drain(busy, busyDisk);
    for (int i = 0; i < WINDOW; i++) {
      busy.propose(command);
      drain(busy, busyDisk);
    }
    acked = 1;
  }

  private static void lead(RawNode node, RingStorage disk) {
    node.campaign();
    drain(node, disk);
    node.step(Message.builder(MsgType.VOTE_RESPONSE).from(2).to(1).term(1).build());
    drain(node, disk);
  }

  private static void drain(RawNode node, RingStorage disk) {
    while (node.hasReady()) {
      Ready ready = node.ready();
      disk.write(ready);
      node.advance(ready);
    }
  }

  private void exchange() {
    boolean moved = true;
    while (moved) {
      moved = false;
      for (int i = 0; i < 3; i++) {
        RawNode node = three.get(i);
        if (node.hasReady()) {
          moved = true;
          Ready ready = node.ready();
          deliver(ready.messages());
          disks.get(i).write(ready);
          deliver(ready.messagesAfterPersist());
          node.advance(ready);
        }
      }
    }
  }

  private void deliver(List<Message> messages) {
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      three.get((int) message.to() - 1).step(message);
    }
  }

  private void answer(long from, long index) {
    busy.step(
        Message.builder(MsgType.APPEND_RESPONSE).from(from).to(1).term(1).index(index).build());
  }

  /** One command on a group of one. */
  @Benchmark
  public long proposeAlone() {
    alone.propose(command);
    drain(alone, aloneDisk);
    return alone.applied();
  }

  /** One command on a group of three, until all is quiet: four messages. */
  @Benchmark
  public long proposeThree() {
    three.get(0).propose(command);
    exchange();
    return three.get(0).applied();
  }

  /** The same for commands that arrive together. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public long proposeThreeTogether() {
    for (int i = 0; i < BATCH; i++) {
      three.get(0).propose(command);
    }
    exchange();
    return three.get(0).applied();
  }

  /** A command while both windows are full, and the acknowledgements that make room for it. */
  @Benchmark
  public long acknowledgeFullWindow() {
    busy.propose(command);
    acked++;
    answer(2, acked);
    answer(3, acked);
    drain(busy, busyDisk);
    return busy.committed();
  }

  /** One tick of each of many followers that hear their leader. */
  @Benchmark
  public int tickIdle() {
    return tick(idle);
  }

  /** One tick, without a heartbeat, of each of many leaders. */
  @Benchmark
  public int tickIdleLeaders() {
    return tick(leading);
  }

  private static int tick(List<RawNode> nodes) {
    int busyNodes = 0;
    for (int i = 0; i < GROUPS; i++) {
      if (nodes.get(i).tick()) {
        busyNodes++;
      }
    }
    return busyNodes;
  }
}
