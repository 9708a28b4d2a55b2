package dev.flotilla.coprocessor;

import static dev.flotilla.coprocessor.Commands.REGION;
import static dev.flotilla.coprocessor.Commands.hostOf;
import static dev.flotilla.coprocessor.Commands.split;
import static dev.flotilla.coprocessor.Commands.splits;
import static dev.flotilla.coprocessor.Commands.statusOf;
import static dev.flotilla.coprocessor.Commands.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.coprocessor.api.AdminCommand;
import dev.flotilla.coprocessor.api.AdminKind;
import dev.flotilla.coprocessor.api.AdminObserver;
import dev.flotilla.coprocessor.api.AdminView;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.ObserverContext;
import dev.flotilla.coprocessor.api.PeerChange;
import dev.flotilla.coprocessor.api.PeerView;
import dev.flotilla.coprocessor.api.ProposeContext;
import dev.flotilla.coprocessor.api.RejectedException;
import dev.flotilla.coprocessor.api.Rejection;
import dev.flotilla.proto.eraftpb.ConfChangeType;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.ChangePeerRequest;
import dev.flotilla.proto.raft_cmdpb.TransferLeaderRequest;
import dev.flotilla.raftstore.Refusal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AdminCallsTest {

  private static final class MovesTo implements AdminObserver {
    private final String key;
    final List<Rejection> rejections = new ArrayList<>();

    MovesTo(String key) {
      this.key = key;
    }

    @Override
    public void preProposeAdmin(ProposeContext context, AdminCommand command) {
      command.setSplitKey(0, Bytes.utf8(key));
    }

    @Override
    public void onAdminRejected(ObserverContext context, AdminView command, Rejection rejection) {
      rejections.add(rejection);
    }
  }

  private static AdminRequest propose(CoprocessorHost host, AdminRequest admin) {
    return host.preProposeAdmin(REGION, 6, admin);
  }

  @ParameterizedTest
  @CsvSource({
    "'', is empty",
    "a, is not in region",
    "b, is the start of region",
    "y, is not in region",
    "z, is not in region"
  })
  void theBuiltInObserverRefusesSplitsThatDoNotDivide(String key, String reason) {
    assertThatThrownBy(() -> propose(CoprocessorHost.withBuiltIns(), split(key)))
        .isInstanceOf(Refusal.Rejected.class)
        .hasMessageContaining(SplitObserver.ID)
        .hasMessageContaining(reason);
  }

  /** Each report of the regions beside it, and each answer that names them, would hold it. */
  @Test
  void theBuiltInObserverRefusesSplitsAtKeysThatNobodyCanPut() {
    String longest = "c".repeat(64 * 1024);
    AdminRequest split = split(longest);
    assertThat(propose(CoprocessorHost.withBuiltIns(), split)).isSameAs(split);
    assertThatThrownBy(() -> propose(CoprocessorHost.withBuiltIns(), split(longest + "c")))
        .isInstanceOf(Refusal.Rejected.class)
        .hasMessageContaining("split key of 65537 bytes, at most 65536");
    assertThatThrownBy(() -> propose(hostOf(new MovesTo(longest + "c")), split("n")))
        .isInstanceOf(Refusal.Rejected.class)
        .hasMessageContaining("split key of 65537 bytes, at most 65536");
  }

  @Test
  void theBuiltInObserverPassesSplitsThatDivide() {
    CoprocessorHost host = CoprocessorHost.withBuiltIns();
    AdminRequest one = split("c");
    AdminRequest several = splits("c", "d");

    assertThat(propose(host, one)).isSameAs(one);
    assertThat(propose(host, several)).isSameAs(several);
    assertThatThrownBy(() -> propose(host, splits("d", "c"))).hasMessageContaining("ascend");
    assertThatThrownBy(() -> propose(host, splits("c", "c"))).hasMessageContaining("ascend");
    assertThatThrownBy(() -> propose(host, splits())).hasMessageContaining("no split key");
  }

  @Test
  void aSplitKeyCanBeMovedWithinTheRegion() {
    AdminRequest proposed = propose(hostOf(new MovesTo("m")), split("n"));
    assertThat(proposed.getSplit().getSplitKey()).isEqualTo(text("m"));
    assertThat(proposed.getSplit().getNewRegionId()).isEqualTo(9);

    AdminRequest several = propose(hostOf(new MovesTo("m")), splits("n", "o"));
    assertThat(several.getSplits().getRequests(0).getSplitKey()).isEqualTo(text("m"));
    assertThat(several.getSplits().getRequests(1).getSplitKey()).isEqualTo(text("o"));
  }

  @Test
  void aSplitKeyMovedTooFarFailsThePlugin() {
    MovesTo observer = new MovesTo("b");
    CoprocessorHost host = hostOf(observer);

    assertThatThrownBy(() -> propose(host, split("n")))
        .isInstanceOf(Refusal.Rejected.class)
        .hasMessageContaining("p0");
    assertThat(statusOf(host, "p0").failures()).isEqualTo(1);
    assertThat(observer.rejections)
        .singleElement()
        .satisfies(
            rejection -> {
              assertThat(rejection.pluginId()).isEqualTo("p0");
              assertThat(rejection.code()).isEqualTo(RejectedException.Code.UNAVAILABLE);
            });
  }

  @Test
  void everybodyLearnsOfARefusal() {
    MovesTo observer = new MovesTo("m");
    assertThatThrownBy(() -> propose(hostOf(observer), split("z")))
        .isInstanceOf(Refusal.Rejected.class);
    assertThat(observer.rejections)
        .singleElement()
        .satisfies(rejection -> assertThat(rejection.pluginId()).isEqualTo(SplitObserver.ID));
  }

  /** The log would grow until the disk is full, and wrong replicas would go on serving. */
  @ParameterizedTest
  @EnumSource(names = {"CompactLog", "ComputeHash", "VerifyHash"})
  void upkeepGoesOnWithoutAPluginThatFails(AdminCmdType kind) {
    MovesTo observer = new MovesTo("m");
    CoprocessorHost host = hostOf(observer);
    AdminRequest upkeep = AdminRequest.newBuilder().setCmdType(kind).build();

    assertThat(propose(host, upkeep)).isEqualTo(upkeep);
    assertThat(statusOf(host, "p0").failures()).isEqualTo(1);
    assertThat(observer.rejections).isEmpty();
  }

  @Test
  void anAdminCommandShowsItsParts() {
    Peer learner = Peer.newBuilder().setId(7).setStoreId(4).setRole(PeerRole.Learner).build();
    ProtoAdmin change =
        new ProtoAdmin(
            AdminRequest.newBuilder()
                .setCmdType(AdminCmdType.ChangePeer)
                .setChangePeer(
                    ChangePeerRequest.newBuilder()
                        .setChangeType(ConfChangeType.AddLearnerNode)
                        .setPeer(learner))
                .build());
    assertThat(change.kind()).isEqualTo(AdminKind.CHANGE_PEER);
    assertThat(change.peerChanges())
        .containsExactly(new PeerChange(PeerChange.Kind.ADD_LEARNER, new PeerView(7, 4, true)));
    assertThat(change.splitKeys()).isEmpty();

    ProtoAdmin transfer =
        new ProtoAdmin(
            AdminRequest.newBuilder()
                .setCmdType(AdminCmdType.TransferLeader)
                .setTransferLeader(TransferLeaderRequest.newBuilder().setPeer(learner))
                .build());
    assertThat(transfer.kind()).isEqualTo(AdminKind.TRANSFER_LEADER);
    assertThat(transfer.transferTargets()).containsExactly(new PeerView(7, 4, true));
  }
}
