package dev.flotilla.pd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.pd.Operator.AddLearner;
import dev.flotilla.pd.Operator.Promote;
import dev.flotilla.pd.Operator.Remove;
import dev.flotilla.pd.Operator.Swap;
import dev.flotilla.proto.eraftpb.ConfChangeType;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.pdpb.PeerStats;
import dev.flotilla.proto.pdpb.RegionHeartbeatResponse;
import dev.flotilla.raftstore.PlacementTask;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MemberStepsTest {
  private static final Peer ONE = peer(1);
  private static final Peer TWO = peer(2);
  private static final Peer THREE = peer(3);
  private static final Peer FOUR = peer(4);

  private static Peer peer(long id) {
    return Peer.newBuilder().setId(id).setStoreId(id).build();
  }

  private static Peer as(PeerRole role, Peer peer) {
    return peer.toBuilder().setRole(role).build();
  }

  /** A region that the first of {@code peers} leads. */
  private static PlacementTask.Leads region(Peer... peers) {
    return new PlacementTask.Leads(
        Region.newBuilder().setId(7).addAllPeers(List.of(peers)).build(),
        peers[0],
        5,
        0,
        List.of(),
        List.of());
  }

  @Test
  void addsFirstAndRemovesAfter() {
    assertThat(MemberSteps.of(region(ONE, TWO), THREE, null))
        .containsExactly(new AddLearner(THREE), new Promote(THREE));
    assertThat(MemberSteps.of(region(ONE, TWO, THREE), null, THREE))
        .containsExactly(new Remove(THREE));
  }

  @Test
  void oneTakesAnothersPlaceAtOnce() {
    assertThat(MemberSteps.of(region(ONE, TWO, THREE), FOUR, THREE))
        .containsExactly(new AddLearner(FOUR), new Swap(FOUR, THREE), new Remove(THREE));
  }

  @Test
  void aLearnerThatIsThereIsNotAddedAgain() {
    Peer learner = as(PeerRole.Learner, FOUR);
    assertThat(MemberSteps.of(region(ONE, TWO, THREE, learner), learner, THREE))
        .containsExactly(new Swap(learner, THREE), new Remove(THREE));
  }

  /** Whoever leads by then: seed 3009308 went on for ten minutes asking a leader to go. */
  @Test
  void aLeaderHandsOverToAVoterThatIsWellBeforeItGoes() {
    PlacementTask.Leads leads =
        new PlacementTask.Leads(
            region(ONE, TWO, THREE, as(PeerRole.Learner, FOUR)).region(),
            ONE,
            5,
            0,
            List.of(PeerStats.newBuilder().setPeer(TWO).build()),
            List.of());
    for (Operator.Step step : List.of(new Swap(FOUR, ONE), new Remove(ONE))) {
      RegionHeartbeatResponse told = Objects.requireNonNull(told(leads, step));
      assertThat(told.getTransferLeader().getPeer()).isEqualTo(THREE);
      assertThat(told.hasChangePeer() || told.hasChangePeerV2()).isFalse();
    }
  }

  /** It is reported as down only after minutes, and until then the change would not go on. */
  @Test
  void aLeaderDoesNotHandOverToAStoreThatIsSilent() {
    RegionHeartbeatResponse told =
        Objects.requireNonNull(
            Operator.command(new Remove(ONE), region(ONE, TWO, THREE), store -> store != 2));
    assertThat(told.getTransferLeader().getPeer()).isEqualTo(THREE);
  }

  @Test
  void aLeaderWithoutSuccessorStays() {
    assertThat(told(region(ONE, as(PeerRole.Learner, TWO)), new Remove(ONE))).isNull();
  }

  @Test
  void theOnlyVoterGoesWhenItsSuccessorVotes() {
    assertThat(MemberSteps.of(region(ONE), TWO, ONE))
        .containsExactly(new AddLearner(TWO), new Promote(TWO), new Remove(ONE));
  }

  @Test
  void aLearnerThatGoesHasNoVoteToGive() {
    Peer learner = as(PeerRole.Learner, THREE);
    assertThat(MemberSteps.of(region(ONE, TWO, learner), FOUR, learner))
        .containsExactly(new AddLearner(FOUR), new Promote(FOUR), new Remove(learner));
  }

  @Test
  void bothChangesOfASwapAreOneCommand() {
    Peer learner = as(PeerRole.Learner, FOUR);
    RegionHeartbeatResponse told =
        Objects.requireNonNull(told(region(ONE, TWO, THREE, learner), new Swap(FOUR, THREE)));
    assertThat(told.getChangePeerV2().getChangesList())
        .extracting(change -> change.getPeer().getId() + " " + change.getChangeType())
        .containsExactly("4 " + ConfChangeType.AddNode, "3 " + ConfChangeType.AddLearnerNode);
  }

  @Test
  void nobodyIsDemotedTwice() {
    Peer learner = as(PeerRole.Learner, FOUR);
    RegionHeartbeatResponse told =
        Objects.requireNonNull(
            told(region(ONE, TWO, as(PeerRole.Learner, THREE), learner), new Swap(FOUR, THREE)));
    assertThat(told.hasChangePeerV2()).isFalse();
    assertThat(told.getChangePeer().getChangeType()).isEqualTo(ConfChangeType.AddNode);
  }

  @Test
  void betweenTwoMembershipsNothingIsToldAndTheSwapIsNotDone() {
    PlacementTask.Leads joint =
        region(ONE, TWO, as(PeerRole.DemotingVoter, THREE), as(PeerRole.IncomingVoter, FOUR));
    Swap swap = new Swap(FOUR, THREE);
    Operator operator = new Operator(7, "test", List.of(swap, new Remove(THREE)), 0);
    assertThat(operator.current(joint)).isEqualTo(swap);
    assertThat(told(joint, swap)).isNull();
    PlacementTask.Leads after = region(ONE, TWO, as(PeerRole.Learner, THREE), FOUR);
    assertThat(operator.current(after)).isEqualTo(new Remove(THREE));
  }

  private static @Nullable RegionHeartbeatResponse told(
      PlacementTask.Leads leads, Operator.Step step) {
    return Operator.command(step, leads, store -> true);
  }
}
