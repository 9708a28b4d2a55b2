package dev.flotilla.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.coprocessor.Chain;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.Registration;
import dev.flotilla.coprocessor.api.AdminCommand;
import dev.flotilla.coprocessor.api.AdminObserver;
import dev.flotilla.coprocessor.api.ProposeContext;
import dev.flotilla.coprocessor.api.RejectedException;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.eraftpb.ConfChangeType;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.ChangePeerRequest;
import dev.flotilla.proto.raft_cmdpb.TransferLeaderRequest;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Tick;
import dev.flotilla.raftstore.store.Bootstrap;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Observers are asked of every admin command that is to be proposed, whatever its way is. */
class ObservedAdminTest {
  private static final Peer OTHER = Peer.newBuilder().setId(9).setStoreId(2).build();

  private static final AdminRequest ADD =
      AdminRequest.newBuilder()
          .setCmdType(AdminCmdType.ChangePeer)
          .setChangePeer(
              ChangePeerRequest.newBuilder()
                  .setChangeType(ConfChangeType.AddLearnerNode)
                  .setPeer(OTHER))
          .build();

  private static final AdminRequest TRANSFER =
      AdminRequest.newBuilder()
          .setCmdType(AdminCmdType.TransferLeader)
          .setTransferLeader(TransferLeaderRequest.newBuilder().setPeer(OTHER))
          .build();

  /** Notes what it is asked, and refuses if told to. */
  private static final class Asked implements AdminObserver {
    final List<String> kinds = new ArrayList<>();
    boolean refuses;

    @Override
    public void preProposeAdmin(ProposeContext context, AdminCommand command)
        throws RejectedException {
      kinds.add(command.kind().name());
      if (refuses) {
        throw new RejectedException(RejectedException.Code.DENIED, "not now");
      }
    }
  }

  private final Asked asked = new Asked();

  private SimStore start() {
    CoprocessorHost host = CoprocessorHost.withBuiltIns();
    host.publish(Chain.of(List.of(Registration.of("asked", "1", asked))));
    SimStore store =
        SimStore.start(
            SimEngine.kv(), SimEngine.raft(), new SimClock(), RaftStoreConfig.defaults(), host, 1);
    store.settle();
    return store;
  }

  private static SimCallback send(SimStore store, AdminRequest admin) {
    SimCallback callback = SimCallback.write();
    store.send(SimStore.command().toBuilder().setAdminRequest(admin).build(), callback);
    store.settle();
    assertThat(callback.isAnswered()).isTrue();
    return callback;
  }

  private static int replicas(SimStore store) {
    return Objects.requireNonNull(store.store().regionStatus(Bootstrap.USER_REGION_ID))
        .region()
        .getPeersCount();
  }

  @Test
  void theyAreAskedOfMembersAndOfLeaders() {
    SimStore store = start();
    assertThat(send(store, TRANSFER).refusal()).isNull();
    assertThat(send(store, ADD).refusal()).isNull();
    assertThat(replicas(store)).isEqualTo(2);
    assertThat(asked.kinds).containsExactly("TRANSFER_LEADER", "CHANGE_PEER");
  }

  @Test
  void theyMayRefuseBoth() {
    SimStore store = start();
    asked.refuses = true;
    for (AdminRequest admin : List.of(TRANSFER, ADD)) {
      assertThat(send(store, admin).refusal())
          .isInstanceOf(Refusal.Rejected.class)
          .hasMessageContaining("not now");
    }
    assertThat(replicas(store)).isEqualTo(1);
  }

  /** Else a wrong replica would serve until its region is compared again. */
  @Test
  void whatHasBeenFoundOfReplicasIsProposedAgainWhenItIsRefused() {
    SimStore store = start();
    asked.refuses = true;
    store
        .router()
        .send(new Msg.HashComputed(Bootstrap.USER_REGION_ID, 6, ByteString.copyFromUtf8("hash")));
    store.settle();
    assertThat(asked.kinds).containsExactly("VERIFY_HASH");
    asked.refuses = false;
    for (int tick = 0; tick < 100; tick++) {
      store.tick(Tick.RAFT);
      store.settle();
    }
    assertThat(asked.kinds).containsExactly("VERIFY_HASH", "VERIFY_HASH");
  }
}
