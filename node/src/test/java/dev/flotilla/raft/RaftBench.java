package dev.flotilla.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Costs of the algorithm alone. Add {@code -prof gc} to see what is allocated. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RaftBench {
  private static final int GROUPS = 10_000;
  private static final int KEPT = 1024;

  private final Payload command = Payload.of(new byte[64]);
  private RawNode alone = node(1, MemStorage.ofVoters(1));
  private MemStorage aloneDisk = MemStorage.ofVoters(1);
  private final List<RawNode> three = new ArrayList<>();
  private final List<MemStorage> disks = new ArrayList<>();
  private final List<RawNode> idle = new ArrayList<>();

  /** Runs all benchmarks of this class. */
  public static void main(String[] args) throws RunnerException {
    String profiler = args.length > 0 ? args[0] : "gc";
    new Runner(
            new OptionsBuilder()
                .include(RaftBench.class.getSimpleName())
                .addProfiler(profiler)
                .build())
        .run();
  }

  /** No election may start during a benchmark. */
  private static RawNode node(long id, MemStorage disk) {
    RaftConfig.Builder settings =
        TestCluster.config(id).skipBcastCommit(true).batchAppend(true).electionTicks(1 << 28);
    return new RawNode(settings.build(), disk);
  }

  /** Elects what has to lead. */
  @Setup
  public void setUp() {
    aloneDisk = MemStorage.ofVoters(1);
    alone = node(1, aloneDisk);
    alone.campaign();
    drain(alone, aloneDisk);
    for (long id = 1; id <= 3; id++) {
      disks.add(MemStorage.ofVoters(1, 2, 3));
      three.add(node(id, disks.get((int) id - 1)));
    }
    three.get(0).campaign();
    exchange();
    for (int i = 0; i < GROUPS; i++) {
      MemStorage disk = MemStorage.ofVoters(1, 2, 3);
      RawNode follower = node(1, disk);
      follower.step(Message.builder(MsgType.HEARTBEAT).from(2).to(1).term(1).build());
      drain(follower, disk);
      idle.add(follower);
    }
  }

  private static void drain(RawNode node, MemStorage disk) {
    while (node.hasReady()) {
      Ready ready = node.ready();
      disk.write(ready);
      node.advance(ready);
    }
    if (disk.lastIndex() - disk.firstIndex() > 2 * KEPT) {
      disk.compact(disk.lastIndex() - KEPT);
    }
  }

  private void exchange() {
    boolean busy = true;
    while (busy) {
      busy = false;
      for (int i = 0; i < 3; i++) {
        RawNode node = three.get(i);
        if (node.hasReady()) {
          busy = true;
          Ready ready = node.ready();
          deliver(ready.messages());
          disks.get(i).write(ready);
          deliver(ready.messagesAfterPersist());
          node.advance(ready);
          MemStorage disk = disks.get(i);
          if (disk.lastIndex() - disk.firstIndex() > 2 * KEPT) {
            disk.compact(disk.lastIndex() - KEPT);
          }
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

  /** One command on a group of one. */
  @Benchmark
  public long proposeAlone() {
    alone.propose(command);
    drain(alone, aloneDisk);
    return alone.applied();
  }

  /** One command on a group of three, until all is quiet. */
  @Benchmark
  public long proposeThree() {
    three.get(0).propose(command);
    exchange();
    return three.get(0).applied();
  }

  /** One tick of each of many followers that hear their leader. */
  @Benchmark
  public int tickIdle() {
    int busy = 0;
    for (int i = 0; i < GROUPS; i++) {
      if (idle.get(i).tick()) {
        busy++;
      }
    }
    return busy;
  }
}
