package dev.flotilla.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.google.protobuf.ByteString;
import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.coprocessor.Chain;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.Registration;
import dev.flotilla.coprocessor.ShownBatch;
import dev.flotilla.coprocessor.api.CmdBatch;
import dev.flotilla.coprocessor.api.CmdObserver;
import dev.flotilla.coprocessor.api.ObserverContext;
import dev.flotilla.coprocessor.api.RegionChange;
import dev.flotilla.coprocessor.api.RegionChangeObserver;
import dev.flotilla.coprocessor.api.RegionData;
import dev.flotilla.coprocessor.api.RoleChange;
import dev.flotilla.coprocessor.api.RoleObserver;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.kv.StoredRegions;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.SplitRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Observers that come into use while the store runs. */
class NewcomerTest {

  /** Notes what it is told. */
  private static final class Told implements RegionChangeObserver, RoleObserver {
    final List<String> events = new ArrayList<>();

    @Override
    public void onRegionChanged(ObserverContext context, RegionChange change) {
      events.add(context.region().id() + " " + change.kind() + " " + change.role());
    }

    @Override
    public void onRoleChange(ObserverContext context, RoleChange change) {
      events.add(context.region().id() + " " + change.role());
    }

    @Override
    public void onAppliedCurrentTerm(ObserverContext context) {
      events.add(context.region().id() + " caught up");
    }
  }

  private final Told before = new Told();
  private final Told newcomer = new Told();

  @Test
  void areToldOfTheRegionsThatAreLedAlready() {
    CoprocessorHost host = CoprocessorHost.withBuiltIns();
    Registration first = Registration.of("before", "1", before);
    host.publish(Chain.of(List.of(first)));
    SimStore store =
        SimStore.start(
            SimEngine.kv(), SimEngine.raft(), new SimClock(), RaftStoreConfig.defaults(), host, 1);
    store.settle();
    Registration second = Registration.of("newcomer", "1", newcomer);
    host.publish(Chain.of(List.of(first, second)));

    store.store().introduce(Set.of(second));
    assertThat(newcomer.events).containsExactly("2 CREATED LEADER", "2 LEADER", "2 caught up");
    assertThat(before.events)
        .as("once")
        .containsExactly("2 CREATED FOLLOWER", "2 LEADER", "2 caught up");
  }

  /** As one that has been taken out again meanwhile: what has stopped is not to be called. */
  @Test
  void areNotToldWhenTheyAreNoLongerInUse() {
    CoprocessorHost host = CoprocessorHost.withBuiltIns();
    SimStore store =
        SimStore.start(
            SimEngine.kv(), SimEngine.raft(), new SimClock(), RaftStoreConfig.defaults(), host, 1);
    store.settle();

    store.store().introduce(Set.of(Registration.of("newcomer", "1", newcomer)));
    assertThat(newcomer.events).isEmpty();
  }

  /** Follows regions by the data that it finds when it is shown something. */
  private static final class Follows implements CmdObserver {
    final Map<Long, Long> positions = new TreeMap<>();

    @Override
    public void onFlushAppliedCmdBatch(CmdBatch batch) {
      RegionData data = batch.data();
      if (data != null) {
        positions.put(batch.region().id(), data.index());
      }
    }
  }

  private static RaftCmdRequest split() {
    RaftCmdRequest.Builder command = SimStore.command().toBuilder();
    command
        .getAdminRequestBuilder()
        .setCmdType(AdminCmdType.Split)
        .setSplit(
            SplitRequest.newBuilder()
                .setSplitKey(ByteString.copyFromUtf8("m"))
                .setNewRegionId(1000)
                .addNewPeerIds(1001));
    return command.build();
  }

  /** The store loop does not know yet what is applied already, and nothing is written after it. */
  @Test
  void areShownWhereARegionIsThatWasJustSplit() {
    SimEngine kv = SimEngine.kv();
    SimClock clock = new SimClock();
    CoprocessorHost host = CoprocessorHost.withBuiltIns();
    SimStore store =
        SimStore.start(kv, SimEngine.raft(), clock, RaftStoreConfig.defaults(), host, 1);
    store.settle();
    store.send(split(), SimCallback.write());
    store.turn(Integer.MAX_VALUE);
    store.apply(Integer.MAX_VALUE);

    Follows follows = new Follows();
    Registration registration = Registration.of("follows", "1", follows);
    StoredRegions regions = new StoredRegions(kv, clock);
    registration.feedBy(
        batch -> {
          try (ShownBatch shown = new ShownBatch(batch, regions)) {
            registration.show(shown);
          } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts", e);
          }
        });
    host.publish(Chain.of(List.of(registration)));
    store.store().introduce(Set.of(registration));
    store.settle();
    assertThat(follows.positions)
        .as("by region, the data's")
        .containsOnly(entry(2L, 7L), entry(1000L, 5L));
  }
}
