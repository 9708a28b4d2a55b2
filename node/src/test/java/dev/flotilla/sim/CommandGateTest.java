package dev.flotilla.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_serverpb.PeerState;
import dev.flotilla.proto.raft_serverpb.RegionLocalState;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.store.Bootstrap;
import dev.flotilla.raftstore.wire.RegionStates;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which refusal is told of a command that is wrong in several ways. */
class CommandGateTest {
  private final SimEngine kv = SimEngine.kv();
  private final SimEngine raft = SimEngine.raft();

  private SimStore start() {
    return SimStore.start(kv, raft, new SimClock(), RaftStoreConfig.defaults(), 1);
  }

  private SimStore startAndSettle() {
    SimStore store = start();
    store.settle();
    return store;
  }

  private static SimCallback send(SimStore store, RaftCmdRequest command) {
    SimCallback callback = SimCallback.write();
    store.send(command, callback);
    store.settle();
    assertThat(callback.isAnswered()).isTrue();
    return callback;
  }

  private static Refusal refusal(SimStore store, RaftCmdRequest.Builder command) {
    return Objects.requireNonNull(send(store, command.build()).refusal());
  }

  /** Wrong in every way there is. */
  private static RaftCmdRequest.Builder allWrong() {
    RaftCmdRequest.Builder command = SimStore.put("", "v").toBuilder();
    command.getRequestsBuilder(0).getPutBuilder().setKey(ByteString.copyFrom(Keys.reserved()));
    command.getHeaderBuilder().setRegionId(99).setTerm(4);
    command.getHeaderBuilder().getPeerBuilder().setStoreId(9).setId(77);
    command.getHeaderBuilder().getRegionEpochBuilder().setVersion(9);
    return command;
  }

  @Test
  void tellsStoreThenRegionThenPeerThenTermThenEpochThenKey() {
    SimStore store = startAndSettle();
    RaftCmdRequest.Builder command = allWrong();
    assertThat(refusal(store, command))
        .isInstanceOfSatisfying(
            Refusal.StoreNotMatch.class,
            refusal -> {
              assertThat(refusal.requestStoreId).isEqualTo(9);
              assertThat(refusal.actualStoreId).isEqualTo(Bootstrap.STORE_ID);
            });
    command.getHeaderBuilder().getPeerBuilder().setStoreId(Bootstrap.STORE_ID);
    assertThat(refusal(store, command))
        .isInstanceOfSatisfying(
            Refusal.RegionNotFound.class, refusal -> assertThat(refusal.regionId).isEqualTo(99));
    command.getHeaderBuilder().setRegionId(Bootstrap.USER_REGION_ID);
    assertThat(refusal(store, command))
        .isInstanceOf(Refusal.Invalid.class)
        .hasMessageContaining("mismatch peer id 77 != 3");
    command.getHeaderBuilder().getPeerBuilder().setId(Bootstrap.USER_REGION_ID + 1);
    assertThat(refusal(store, command)).isInstanceOf(Refusal.StaleCommand.class);
    command.getHeaderBuilder().clearTerm();
    assertThat(refusal(store, command)).isInstanceOf(Refusal.EpochNotMatch.class);
    command.getHeaderBuilder().getRegionEpochBuilder().setVersion(1);
    assertThat(refusal(store, command)).isInstanceOf(Refusal.KeyNotInRegion.class);
    command.getRequestsBuilder(0).getPutBuilder().setKey(ByteString.copyFromUtf8("k"));
    assertThat(send(store, command.build()).refusal()).isNull();
  }

  @Test
  void tellsWhoLeadsBeforeAnythingOfThePeer() {
    SimStore store = startWithTwoPeers();
    RaftCmdRequest.Builder command = allWrong();
    command.getHeaderBuilder().setRegionId(Bootstrap.USER_REGION_ID);
    command.getHeaderBuilder().getPeerBuilder().setStoreId(Bootstrap.STORE_ID);
    assertThat(refusal(store, command))
        .isInstanceOfSatisfying(
            Refusal.NotLeader.class,
            refusal -> {
              assertThat(refusal.regionId).isEqualTo(Bootstrap.USER_REGION_ID);
              assertThat(refusal.leader).isNull();
            });
  }

  /** The other peer of the user region is on a store that never answers. */
  private SimStore startWithTwoPeers() {
    Bootstrap.create(new Engines(kv, raft), 77);
    Region user =
        RegionStates.loadAll(kv).stream()
            .map(RegionLocalState::getRegion)
            .filter(region -> region.getId() == Bootstrap.USER_REGION_ID)
            .findFirst()
            .orElseThrow();
    try (WriteBatch batch = kv.newBatch()) {
      Region two = user.toBuilder().addPeers(Peer.newBuilder().setId(9).setStoreId(2)).build();
      RegionStates.putRegionState(batch, two, PeerState.Normal);
      kv.write(batch, true);
    }
    return startAndSettle();
  }

  @Test
  void nobodyLeadsBeforeTheElection() {
    SimStore store = startWithTwoPeers();
    for (RaftCmdRequest command : new RaftCmdRequest[] {SimStore.snap(), SimStore.delete("k")}) {
      assertThat(send(store, command).refusal()).isInstanceOf(Refusal.NotLeader.class);
    }
    assertThat(Objects.requireNonNull(store.store().regionStatus(2)).leading()).isFalse();
  }

  /** The store leads in term 6. */
  @ParameterizedTest
  @CsvSource({"0, true", "4, false", "5, true", "6, true", "7, true"})
  void clientMayBeOneTermBehind(long term, boolean admitted) {
    RaftCmdRequest.Builder command = SimStore.put("k", "v").toBuilder();
    command.getHeaderBuilder().setTerm(term);
    Refusal refusal = send(startAndSettle(), command.build()).refusal();
    if (admitted) {
      assertThat(refusal).isNull();
    } else {
      assertThat(refusal).isInstanceOf(Refusal.StaleCommand.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 4", "4, 2"})
  void clientOfRegionThatChangedLearnsItsNeighbourToo(long regionId, long neighbourId) {
    RaftCmdRequest.Builder command = SimStore.snap().toBuilder();
    command.getHeaderBuilder().setRegionId(regionId).getPeerBuilder().setId(regionId + 1);
    command.getHeaderBuilder().getRegionEpochBuilder().setVersion(9);
    assertThat(refusal(startAndSettle(), command))
        .isInstanceOfSatisfying(
            Refusal.EpochNotMatch.class,
            refusal ->
                assertThat(refusal.regions)
                    .extracting(Region::getId)
                    .containsExactly(regionId, neighbourId));
  }

  @Test
  void commandWithoutEpochIsRefused() {
    RaftCmdRequest.Builder command = SimStore.snap().toBuilder();
    command.getHeaderBuilder().clearRegionEpoch();
    assertThat(refusal(startAndSettle(), command))
        .isInstanceOf(Refusal.Invalid.class)
        .hasMessageContaining("missing epoch");
  }

  @Test
  void commandThatIsNotWellFormedIsRefused() {
    assertThat(refusal(startAndSettle(), SimStore.command().toBuilder()))
        .isInstanceOf(Refusal.Invalid.class)
        .hasMessageContaining("without requests");
  }
}
