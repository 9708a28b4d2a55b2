package dev.flotilla.sim.cluster;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Engine;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.Memcomparable;
import dev.flotilla.engine.ValueCodec;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.RegionEpoch;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.snap.SnapSink;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Where bytes from outside come in: whatever they are, what must hold holds. */
final class FuzzTargets {
  private FuzzTargets() {}

  private static Region region(int stores) {
    Region.Builder region =
        Region.newBuilder()
            .setId(1)
            .setRegionEpoch(RegionEpoch.newBuilder().setConfVer(1).setVersion(1));
    for (int store = 1; store <= stores; store++) {
      region.addPeers(Peer.newBuilder().setId(store).setStoreId(store));
    }
    return region.build();
  }

  private static SimCluster cluster(int stores) {
    Knobs knobs = Knobs.quiet(stores, RaftStoreConfig.defaults(), Map.of());
    SimCluster cluster = new SimCluster(1, knobs);
    cluster.format(List.of(region(stores)));
    return cluster;
  }

  private static void run(SimCluster cluster, long millis) {
    Timeline timeline = cluster.world().timeline();
    timeline.runUntil(timeline.nowNanos() + millis * Timeline.MILLI);
  }

  private static SimProcess process(SimCluster cluster) {
    SimProcess process = cluster.processOf(1);
    if (process == null) {
      throw new Violation("the store has stopped");
    }
    return process;
  }

  /**
   * A message of another store. One that contradicts what is committed stops the store, by an
   * invariant of raft; nothing else may.
   */
  static void raftMessage(byte[] input) {
    RaftMessage message;
    try {
      message = RaftMessage.parseFrom(input);
    } catch (InvalidProtocolBufferException e) {
      return;
    }
    SimCluster cluster = cluster(1);
    cluster.start();
    run(cluster, 100);
    try {
      process(cluster).send(new Msg.Raft(message));
      run(cluster, 100);
    } catch (AssertionError fatal) {
      if (!fatal.getStackTrace()[0].getClassName().startsWith("dev.flotilla.raft.")) {
        throw fatal;
      }
      return;
    }
    process(cluster);
  }

  /** A command of a client: it is answered, once, and the store lives on. */
  static void command(byte[] input) {
    RaftCmdRequest command;
    try {
      command = RaftCmdRequest.parseFrom(input);
    } catch (InvalidProtocolBufferException e) {
      return;
    }
    SimCluster cluster = cluster(1);
    cluster.start();
    run(cluster, 100);
    int[] answers = new int[1];
    process(cluster)
        .send(
            new Msg.Command(
                command,
                new Callback() {
                  @Override
                  public void done(RaftCmdResponse response) {
                    answers[0]++;
                  }

                  @Override
                  public void readable(ReadGrant grant) {
                    grant.close();
                    answers[0]++;
                  }

                  @Override
                  public void refused(Refusal refusal) {
                    answers[0]++;
                  }
                }));
    run(cluster, 500);
    process(cluster);
    Violation.check(answers[0] == 1, "answered %d times", answers[0]);
  }

  /** A state on disk: the store opens, or refuses with a reason. */
  static void stateOnDisk(byte[] input) {
    if (input.length == 0) {
      return;
    }
    SimCluster cluster = cluster(1);
    SimMachine machine = cluster.machine(1);
    byte[] value = Arrays.copyOfRange(input, 1, input.length);
    switch (input[0] & 3) {
      case 0 -> put(machine.kv(), Cf.RAFT, Keys.regionStateKey(1), value);
      case 1 -> put(machine.kv(), Cf.RAFT, Keys.applyStateKey(1), value);
      case 2 -> put(machine.raft(), Cf.DEFAULT, Keys.raftStateKey(1), value);
      default -> put(machine.raft(), Cf.DEFAULT, Keys.raftLogKey(1, 6), value);
    }
    try {
      new SimProcess(machine, cluster.world());
    } catch (EngineException refused) {
      // With a reason, that is.
    } catch (AssertionError broken) {
      // So is a broken invariant, as long as it is one that was thought of.
      String where = broken.getStackTrace()[0].getClassName();
      if (!where.endsWith(".Invariants") && !where.startsWith("dev.flotilla.raft.")) {
        throw broken;
      }
    }
  }

  private static void put(Engine engine, Cf cf, byte[] key, byte[] value) {
    try (WriteBatch batch = engine.newBatch()) {
      batch.put(cf, key, value);
      engine.write(batch, true);
    }
  }

  /** A snapshot on its way in: it is whole, or refused, and then nothing of it stays. */
  static void snapshot(byte[] input) {
    if (input.length < 2) {
      return;
    }
    int header = Math.min(input.length - 1, (input[0] & 0xFF) * 2);
    SnapFolder folder = new SnapFolder();
    try {
      RaftMessage message = RaftMessage.parseFrom(Arrays.copyOfRange(input, 1, 1 + header));
      try (SnapSink sink = SnapSink.open(folder.open(), message)) {
        sink.write(ByteString.copyFrom(input, 1 + header, input.length - 1 - header));
        sink.complete();
      }
    } catch (IOException refused) {
      Violation.check(folder.names().isEmpty(), "left behind: %s", folder.names());
    }
  }

  /** Codes of keys and values: what goes in comes out, in the same order. */
  static void keys(byte[] input) {
    int half = input.length / 2;
    byte[] one = Arrays.copyOf(input, half);
    byte[] other = Arrays.copyOfRange(input, half, input.length);
    byte[] code = Memcomparable.encode(one);
    Violation.check(Arrays.equals(Memcomparable.decode(code), one), "not the same again");
    Violation.check(
        Integer.signum(Arrays.compareUnsigned(one, other))
            == Integer.signum(Arrays.compareUnsigned(code, Memcomparable.encode(other))),
        "not in the same order");
    if (Memcomparable.isEncoded(input)) {
      byte[] decoded = Memcomparable.decode(input);
      Violation.check(Arrays.equals(Memcomparable.encode(decoded), input), "two codes of one key");
    }
    Violation.check(Arrays.equals(Keys.originKey(Keys.dataKey(one)), one), "not the same key");
    byte[] stored = ValueCodec.encode(one, half);
    Violation.check(Arrays.equals(ValueCodec.value(stored), one), "not the same value");
    try {
      Keys.raftLogIndex(input);
      Keys.regionIdOfStateKey(input);
      Keys.originKey(input);
    } catch (EngineException refused) {
      // Not a key of ours.
    }
  }
}
