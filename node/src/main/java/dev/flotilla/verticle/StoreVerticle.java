package dev.flotilla.verticle;

import dev.flotilla.coprocessor.Registration;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.Tick;
import dev.flotilla.raftstore.peer.PeerContext;
import dev.flotilla.raftstore.store.Store;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Runs the store loop: a turn for each batch of messages, and ticks by timer. */
final class StoreVerticle extends MailboxVerticle<Msg> {
  private static final String NAME = "f.store";

  private final Store store;
  private final PeerContext setting;

  StoreVerticle(Store store, Mailbox<Msg> mailbox, PeerContext setting, FaultHandler faults) {
    super(NAME, mailbox, setting.config().messagesPerTick(), faults);
    this.store = store;
    this.setting = setting;
  }

  @Override
  public Future<?> start() {
    schedule(Tick.RAFT, setting.config().baseTick());
    schedule(Tick.RAFT_LOG_GC, setting.config().logGcTick());
    schedule(Tick.SPLIT_CHECK, setting.region().splitCheckTick());
    schedule(Tick.COMPACT_CHECK, setting.region().compactCheckTick());
    schedule(Tick.CONSISTENCY_CHECK, setting.region().consistencyCheckTick());
    schedule(Tick.SNAPSHOT_GC, setting.snapshot().gcTick());
    schedule(Tick.REGION_HEARTBEAT, setting.config().regionHeartbeatTick());
    schedule(Tick.STORE_HEARTBEAT, setting.config().storeHeartbeatTick());
    return super.start();
  }

  /** Leases rely on it that a number of ticks takes at least its time. */
  private void schedule(Tick tick, Duration interval) {
    if (!interval.isZero()) {
      every(interval.toMillis(), () -> handleNow(new Msg.Ticked(tick)));
    }
  }

  @Override
  void handle(List<Msg> messages) {
    for (Msg message : messages) {
      store.handle(message);
    }
    store.endTurn();
  }

  /** Any thread: answers {@code question}, which changes nothing, between two turns. */
  <T> Future<T> ask(Function<Store, T> question) {
    return answer(() -> question.apply(store), Error.class::isInstance);
  }

  /** Any thread: tells those who have come into use of what is here. */
  void introduce(Set<Registration> newcomers) {
    answer(
        () -> {
          store.introduce(newcomers);
          return true;
        },
        thrown -> true);
  }

  /** Any thread: asks other stores to take the leaders here; tells how many are still to go. */
  Future<Integer> handOverLeaders() {
    // A turn like any other, which may have been left halfway.
    return answer(store::handOverLeaders, thrown -> true);
  }

  @Override
  void close() {
    store.close();
  }
}
