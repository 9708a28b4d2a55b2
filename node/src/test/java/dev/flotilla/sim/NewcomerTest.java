package dev.flotilla.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.coprocessor.Chain;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.Registration;
import dev.flotilla.coprocessor.api.ObserverContext;
import dev.flotilla.coprocessor.api.RegionChange;
import dev.flotilla.coprocessor.api.RegionChangeObserver;
import dev.flotilla.coprocessor.api.RoleChange;
import dev.flotilla.coprocessor.api.RoleObserver;
import dev.flotilla.engine.sim.SimEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
}
