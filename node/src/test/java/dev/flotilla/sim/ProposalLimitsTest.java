package dev.flotilla.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.store.Bootstrap;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a leader does not take into its log, however right it is. */
class ProposalLimitsTest {
  private final SimStore store =
      SimStore.start(SimEngine.kv(), SimEngine.raft(), new SimClock(), SimConfigs.smallLimits(), 1);

  @BeforeEach
  void settle() {
    store.settle();
  }

  private SimCallback put(String value) {
    SimCallback callback = SimCallback.write();
    store.send(SimStore.put("k", value), callback);
    store.turn(1);
    return callback;
  }

  private long lastIndex() {
    return Objects.requireNonNull(store.store().regionStatus(Bootstrap.USER_REGION_ID)).lastIndex();
  }

  @Test
  void isBusyWhileTooMuchWaitsToBeApplied() {
    List<SimCallback> taken = new ArrayList<>();
    for (int i = 0; i < SimConfigs.APPLY_BACKLOG_MAX; i++) {
      taken.add(put("v"));
    }
    long last = lastIndex();
    assertThat(put("v").refusal()).isInstanceOf(Refusal.ServerIsBusy.class);
    assertThat(lastIndex()).isEqualTo(last);
    assertThat(taken).noneMatch(SimCallback::isAnswered);
    store.settle();
    assertThat(taken).allMatch(put -> put.isAnswered() && put.refusal() == null);
    SimCallback again = put("v");
    store.settle();
    assertThat(again.isAnswered()).isTrue();
    assertThat(again.refusal()).isNull();
  }

  @Test
  void readsAreServedWhileTooMuchWaitsToBeApplied() {
    for (int i = 0; i < SimConfigs.APPLY_BACKLOG_MAX; i++) {
      put("v");
    }
    SimCallback reader = SimCallback.read(grant -> null);
    store.send(SimStore.snap(), reader);
    store.turn(1);
    assertThat(reader.isAnswered()).isTrue();
    assertThat(reader.refusal()).isNull();
  }

  @Test
  void refusesEntryOverTheLimitToTheByte() {
    long last = lastIndex();
    Refusal.RaftEntryTooLarge refusal =
        (Refusal.RaftEntryTooLarge) Objects.requireNonNull(put("v".repeat(2000)).refusal());
    assertThat(refusal.regionId).isEqualTo(Bootstrap.USER_REGION_ID);
    assertThat(lastIndex()).isEqualTo(last);
    int overhead = (int) refusal.entryBytes - 2000;
    int fits = SimConfigs.ENTRY_BYTES_MAX - overhead;
    assertThat(put("v".repeat(fits + 1)).refusal()).isInstanceOf(Refusal.RaftEntryTooLarge.class);
    SimCallback largest = put("v".repeat(fits));
    store.settle();
    assertThat(largest.isAnswered()).isTrue();
    assertThat(largest.refusal()).isNull();
  }
}
