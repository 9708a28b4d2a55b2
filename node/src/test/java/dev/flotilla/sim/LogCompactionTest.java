package dev.flotilla.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.config.ConfigBuilder;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.eraftpb.ConfChangeType;
import dev.flotilla.proto.eraftpb.Message;
import dev.flotilla.proto.eraftpb.MessageType;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.ChangePeerRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.Tick;
import dev.flotilla.raftstore.store.Bootstrap;
import dev.flotilla.raftstore.store.RegionStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way of a log's old entries from the tick that finds them to the engine that drops them. */
class LogCompactionTest {
  private SimEngine kv = SimEngine.kv();
  private SimEngine raft = SimEngine.raft();
  private SimStore store = start();

  private SimStore start() {
    SimStore started = SimStore.start(kv, raft, new SimClock(), SimConfigs.smallLimits(), 1);
    started.settle();
    return started;
  }

  private void put(int count) {
    for (int i = 0; i < count; i++) {
      SimCallback callback = SimCallback.write();
      store.send(SimStore.put("k" + i % 5, "v" + i), callback);
      store.settle();
      assertThat(callback.refusal()).isNull();
    }
  }

  private RegionStatus status() {
    return Objects.requireNonNull(store.store().regionStatus(Bootstrap.USER_REGION_ID));
  }

  private List<Long> stored() {
    List<Long> indexes = new ArrayList<>();
    try (EngineIterator iterator =
        raft.iterator(Cf.DEFAULT, Keys.raftLogRange(Bootstrap.USER_REGION_ID))) {
      for (boolean more = iterator.seekToFirst(); more; more = iterator.next()) {
        indexes.add(Keys.raftLogIndex(iterator.key()));
      }
    }
    return indexes;
  }

  private static List<Long> range(long low, long high) {
    return LongStream.rangeClosed(low, high).boxed().toList();
  }

  @Test
  void shortLogIsLeftAlone() {
    // First index 6; up to 11 is within the threshold.
    put(5);
    store.tick(Tick.RAFT_LOG_GC);
    store.settle();
    assertThat(stored()).containsExactlyElementsOf(range(6, 11));
    assertThat(status().firstIndex()).isEqualTo(6);
  }

  @Test
  void oldEntriesAreReallyGone() {
    put(6);
    store.tick(Tick.RAFT_LOG_GC);
    store.settle();
    // 12 was the last; 11 and before go, 13 is the command that says so.
    assertThat(status().firstIndex()).isEqualTo(12);
    assertThat(stored()).containsExactly(12L, 13L);
    put(20);
    store.tick(Tick.RAFT_LOG_GC);
    store.settle();
    assertThat(stored()).containsExactly(33L, 34L);
    store = start();
    assertThat(status().serving()).isTrue();
    assertThat(status().firstIndex()).isEqualTo(33);
  }

  @Test
  void otherRegionsKeepTheirLogs() {
    put(20);
    store.tick(Tick.RAFT_LOG_GC);
    store.settle();
    try (EngineIterator iterator =
        raft.iterator(Cf.DEFAULT, Keys.raftLogRange(Bootstrap.SYSTEM_REGION_ID))) {
      assertThat(iterator.seekToFirst()).isTrue();
      assertThat(Keys.raftLogIndex(iterator.key())).isEqualTo(6);
    }
  }

  /** Applies the command that compacts, and leaves the deletion to be done. */
  private void compactWithoutDeleting() {
    put(20);
    store.tick(Tick.RAFT_LOG_GC);
    for (int i = 0; i < 5; i++) {
      store.turn(100);
      store.apply(100);
    }
    store.turn(100);
    assertThat(status().firstIndex()).isEqualTo(26);
    assertThat(stored()).containsExactlyElementsOf(range(6, 27));
  }

  @Test
  void dataIsDurableBeforeItsEntriesGo() {
    compactWithoutDeleting();
    assertThat(kv.unsynced()).isPositive();
    kv.failWrite(1);
    assertThatThrownBy(store::gcLogs).isInstanceOf(EngineException.class);
    assertThat(stored()).as("nothing went").containsExactlyElementsOf(range(6, 27));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void survivesPowerLossAroundTheDeletion(boolean deleted) {
    compactWithoutDeleting();
    if (deleted) {
      store.gcLogs();
      assertThat(stored()).containsExactly(26L, 27L);
      raft = raft.crashKeeping(raft.unsynced());
    } else {
      raft = raft.crash();
    }
    kv = kv.crash();
    store = start();
    assertThat(status().serving()).isTrue();
    assertThat(status().appliedIndex()).isEqualTo(28);
    put(1);
  }

  @Test
  void leftOversOfLostDeletionGoWithTheNext() {
    compactWithoutDeleting();
    store.gcLogs();
    // The deletion is not synced; the power loss brings the entries back.
    raft = raft.crash();
    kv = kv.crash();
    store = start();
    assertThat(stored()).startsWith(6L);
    put(20);
    store.tick(Tick.RAFT_LOG_GC);
    store.settle();
    assertThat(stored()).startsWith(status().firstIndex());
  }

  private static RaftCmdRequest addLearner(long peerId, long confVer) {
    RaftCmdRequest.Builder command = SimStore.command().toBuilder();
    command.getHeaderBuilder().getRegionEpochBuilder().setConfVer(confVer);
    command
        .getAdminRequestBuilder()
        .setCmdType(AdminCmdType.ChangePeer)
        .setChangePeer(
            ChangePeerRequest.newBuilder()
                .setChangeType(ConfChangeType.AddLearnerNode)
                .setPeer(Peer.newBuilder().setId(peerId).setStoreId(peerId)));
    return command.build();
  }

  /** What a learner says that has the log up to {@code index}. */
  private RaftMessage acknowledgement(long peerId, long index) {
    long self = Bootstrap.USER_REGION_ID + 1;
    return RaftMessage.newBuilder()
        .setRegionId(Bootstrap.USER_REGION_ID)
        .setRegionEpoch(status().region().getRegionEpoch())
        .setFromPeer(Peer.newBuilder().setId(peerId).setStoreId(peerId))
        .setToPeer(Peer.newBuilder().setId(self).setStoreId(Bootstrap.STORE_ID))
        .setMessage(
            Message.newBuilder()
                .setMsgType(MessageType.MsgAppendResponse)
                .setFrom(peerId)
                .setTo(self)
                .setTerm(status().term())
                .setIndex(index))
        .build();
  }

  /** The worker may be faster than the store loop, which takes in what was applied meanwhile. */
  @Test
  void nothingIsReadThatIsBeingDeleted() {
    kv = SimEngine.kv();
    raft = SimEngine.raft();
    store =
        SimStore.start(
            kv,
            raft,
            new SimClock(),
            ConfigBuilder.from(SimConfigs.smallLimits()).set("logGcCountLimit", 10).build(),
            1);
    store.settle();
    store.deleteAtOnce();
    store.send(addLearner(9, 1), SimCallback.write());
    store.settle();
    long index = status().appliedIndex();
    put(20);
    // The learner lags; the log is cut before it has been reached, and the members change.
    store.router().send(new Msg.Raft(acknowledgement(9, index)));
    store.tick(Tick.RAFT_LOG_GC);
    store.send(addLearner(10, 2), SimCallback.write());
    store.turn(100);
    // It is out of reach: what comes after what it has is to be sent again.
    store.turn(100);
    store.settle();
    assertThat(status().region().getPeersCount()).isEqualTo(3);
    assertThat(status().firstIndex()).isGreaterThan(index + 1);
    assertThat(stored()).startsWith(status().firstIndex());
  }
}
