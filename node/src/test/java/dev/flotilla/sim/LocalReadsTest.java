package dev.flotilla.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineSnapshot;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.ValueCodec;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Tick;
import dev.flotilla.raftstore.store.Bootstrap;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When a read is served, and what it sees. */
class LocalReadsTest {
  private final SimClock clock = new SimClock();
  private final SimStore store =
      SimStore.start(SimEngine.kv(), SimEngine.raft(), clock, RaftStoreConfig.defaults(), 1);

  private static byte @Nullable [] read(ReadGrant grant) {
    byte[] stored =
        grant.engine().get(Cf.DEFAULT, Keys.dataKey("k".getBytes(StandardCharsets.UTF_8)));
    return stored == null ? null : ValueCodec.value(stored);
  }

  private static SimCallback reader() {
    return SimCallback.read(LocalReadsTest::read);
  }

  private static void assertSaw(SimCallback reader, @Nullable String value) {
    assertThat(reader.isAnswered()).isTrue();
    assertThat(reader.refusal()).isNull();
    byte[] seen = reader.value();
    assertThat(seen == null ? null : new String(seen, StandardCharsets.UTF_8)).isEqualTo(value);
  }

  /** One message without the end of the turn. */
  private void handleRead(SimCallback reader) {
    store.store().handle(new Msg.Command(SimStore.snap(), reader));
  }

  @Test
  void needsAnAppliedEntryOfTheTerm() {
    store.turn(10);
    SimCallback reader = reader();
    store.send(SimStore.snap(), reader);
    store.turn(10);
    assertThat(reader.isAnswered()).as("leads, but has applied nothing").isFalse();
    store.apply(10);
    assertThat(reader.isAnswered()).as("the store loop does not know yet").isFalse();
    store.turn(10);
    assertSaw(reader, null);
  }

  @Test
  void afterRestartSeesWhatWasAcknowledgedBefore() {
    store.settle();
    SimCallback put = SimCallback.write();
    store.send(SimStore.put("k", "1"), put);
    store.settle();
    assertThat(put.isAnswered()).isTrue();
    // The data is lost, the log is not.
    SimStore again =
        SimStore.start(
            store.kv().crash(), store.raft().crash(), clock, RaftStoreConfig.defaults(), 2);
    SimCallback reader = reader();
    again.turn(10);
    again.send(SimStore.snap(), reader);
    again.turn(10);
    assertThat(reader.isAnswered()).isFalse();
    again.settle();
    assertSaw(reader, "1");
  }

  @Test
  void seesWriteAcknowledgedBeforeItWasAdmitted() {
    store.settle();
    SimCallback put = SimCallback.write();
    store.send(SimStore.put("k", "1"), put);
    store.turn(10);
    SimCallback early = reader();
    SimCallback late = reader();
    handleRead(early);
    assertThat(put.isAnswered()).isFalse();
    store.apply(10);
    assertThat(put.isAnswered()).isTrue();
    // Same turn as the early one: a snapshot taken for that would miss the write.
    handleRead(late);
    store.store().endTurn();
    assertSaw(late, "1");
    assertSaw(early, "1");
  }

  @Test
  void doesNotWaitForWritesBehindWhichItWasSent() {
    store.settle();
    SimCallback put = SimCallback.write();
    store.send(SimStore.put("k", "1"), put);
    SimCallback reader = reader();
    store.send(SimStore.snap(), reader);
    store.turn(10);
    assertSaw(reader, null);
    assertThat(put.isAnswered()).isFalse();
  }

  @Test
  void readsOfOneTurnShareOneSnapshot() {
    store.settle();
    List<EngineSnapshot> snapshots = new ArrayList<>();
    for (int turn = 0; turn < 2; turn++) {
      for (int i = 0; i < 3; i++) {
        store.send(
            SimStore.snap(),
            SimCallback.read(
                grant -> {
                  snapshots.add(grant.engine());
                  return null;
                }));
      }
      store.turn(10);
    }
    assertThat(snapshots).hasSize(6);
    assertThat(snapshots.subList(0, 3)).allMatch(snapshot -> snapshot == snapshots.get(0));
    assertThat(snapshots.subList(3, 6)).allMatch(snapshot -> snapshot == snapshots.get(3));
    assertThat(snapshots.get(3)).isNotSameAs(snapshots.get(0));
  }

  @Test
  void isServedAfterTheLeaseHasRunOut() {
    store.settle();
    clock.advance(RaftStoreConfig.defaults().leaderLease().toMillis());
    SimCallback reader = reader();
    store.send(SimStore.snap(), reader);
    store.tick(Tick.RAFT);
    store.settle();
    assertSaw(reader, null);
  }

  @Test
  void tellsRegionAndTermAndNewestStamp() {
    store.settle();
    long writtenAt = clock.unixMillis();
    store.send(SimStore.put("k", "1"), SimCallback.write());
    store.settle();
    clock.jumpWall(-60_000);
    List<Long> told = new ArrayList<>();
    store.send(
        SimStore.snap(),
        SimCallback.read(
            grant -> {
              told.add(grant.region().getId());
              told.add(grant.term());
              told.add(grant.lastStampMillis());
              return null;
            }));
    store.settle();
    assertThat(told).containsExactly(Bootstrap.USER_REGION_ID, 6L, writtenAt);
  }

  @Test
  void stoppingAnswersEveryoneWhoWaits() {
    store.turn(10);
    SimCallback reader = reader();
    SimCallback writer = SimCallback.write();
    handleRead(reader);
    store.store().handle(new Msg.Command(SimStore.put("k", "1"), writer));
    store.store().close();
    assertThat(reader.refusal()).isInstanceOf(Refusal.ServerIsBusy.class);
    assertThat(writer.refusal()).isInstanceOf(Refusal.Undetermined.class);
  }

  @Test
  void aReadThatWasAdmittedIsAnsweredWhenTheStoreCloses() {
    SimStore store =
        SimStore.start(
            dev.flotilla.engine.sim.SimEngine.kv(),
            dev.flotilla.engine.sim.SimEngine.raft(),
            new SimClock(),
            dev.flotilla.config.RaftStoreConfig.defaults(),
            1);
    store.settle();
    SimCallback read = SimCallback.read(grant -> null);
    store.store().handle(new dev.flotilla.raftstore.Msg.Command(SimStore.snap(), read));
    store.store().close();
    assertThat(read.refusal()).isInstanceOf(dev.flotilla.raftstore.Refusal.ServerIsBusy.class);
  }
}
