package dev.flotilla.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.proto.raft_cmdpb.StatusCmdType;
import dev.flotilla.proto.raft_cmdpb.StatusRequest;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.store.Bootstrap;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StatusCommandsTest {
  private static final Peer SELF =
      Peer.newBuilder().setId(Bootstrap.USER_REGION_ID + 1).setStoreId(Bootstrap.STORE_ID).build();

  private final SimStore store =
      SimStore.start(
          SimEngine.kv(), SimEngine.raft(), new SimClock(), RaftStoreConfig.defaults(), 1);

  @BeforeEach
  void settle() {
    store.settle();
  }

  private static RaftCmdRequest.Builder question(StatusCmdType type) {
    RaftCmdRequest.Builder command = SimStore.command().toBuilder();
    // Neither peer nor epoch matter to a question.
    command.getHeaderBuilder().clearRegionEpoch().getPeerBuilder().clearId();
    return command.setStatusRequest(StatusRequest.newBuilder().setCmdType(type));
  }

  private SimCallback ask(RaftCmdRequest.Builder question) {
    SimCallback callback = SimCallback.write();
    store.send(question.build(), callback);
    store.turn(1);
    assertThat(callback.isAnswered()).isTrue();
    return callback;
  }

  @Test
  void tellsTheLeader() {
    RaftCmdResponse answer = ask(question(StatusCmdType.RegionLeader)).answer();
    assertThat(answer.getStatusResponse().getCmdType()).isEqualTo(StatusCmdType.RegionLeader);
    assertThat(answer.getStatusResponse().getRegionLeader().getLeader()).isEqualTo(SELF);
    assertThat(answer.getHeader().getCurrentTerm()).isEqualTo(6);
  }

  @Test
  void tellsTheRegionWithItsLeader() {
    RaftCmdResponse answer = ask(question(StatusCmdType.RegionDetail)).answer();
    assertThat(answer.getStatusResponse().getRegionDetail().getLeader()).isEqualTo(SELF);
    assertThat(answer.getStatusResponse().getRegionDetail().getRegion())
        .isEqualTo(Objects.requireNonNull(store.store().regionStatus(2)).region());
  }

  @ParameterizedTest
  @EnumSource(
      value = StatusCmdType.class,
      names = {"RegionLeader", "RegionDetail"})
  void refusesQuestionToAnotherStoreOrRegion(StatusCmdType type) {
    RaftCmdRequest.Builder question = question(type);
    question.getHeaderBuilder().setRegionId(99);
    assertThat(ask(question).refusal()).isInstanceOf(Refusal.RegionNotFound.class);
    question.getHeaderBuilder().getPeerBuilder().setStoreId(9);
    assertThat(ask(question).refusal()).isInstanceOf(Refusal.StoreNotMatch.class);
  }

  @Test
  void refusesQuestionItDoesNotKnow() {
    assertThat(ask(question(StatusCmdType.InvalidStatus)).refusal())
        .isInstanceOf(Refusal.Invalid.class);
  }
}
