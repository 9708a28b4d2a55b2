package dev.flotilla.verticle;

import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.Tick;
import dev.flotilla.raftstore.store.Store;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Runs the store loop: a turn for each batch of messages, and ticks by timer. */
final class StoreVerticle extends MailboxVerticle<Msg> {
  static final String ADDRESS = "f.store";

  private final Store store;
  private final RaftStoreConfig config;
  private final Clock clock;
  private final Map<Tick, Long> lastTick = new EnumMap<>(Tick.class);

  StoreVerticle(
      Store store, Mailbox<Msg> mailbox, RaftStoreConfig config, Clock clock, FaultHandler faults) {
    super(ADDRESS, mailbox, config.messagesPerTick(), faults);
    this.store = store;
    this.config = config;
    this.clock = clock;
  }

  @Override
  public Future<?> start() {
    schedule(Tick.RAFT, config.baseTick());
    schedule(Tick.RAFT_LOG_GC, config.logGcTick());
    schedule(Tick.REGION_HEARTBEAT, config.regionHeartbeatTick());
    schedule(Tick.STORE_HEARTBEAT, config.storeHeartbeatTick());
    return super.start();
  }

  private void schedule(Tick tick, Duration interval) {
    if (interval.isZero()) {
      return;
    }
    vertx.setPeriodic(interval.toMillis(), id -> onTimer(tick, interval.toNanos()));
  }

  /** Timers that fired while the loop was busy come one after the other; they are one tick. */
  private void onTimer(Tick tick, long intervalNanos) {
    long now = clock.nanos();
    Long last = lastTick.get(tick);
    if (last != null && now - last < intervalNanos / 2) {
      return;
    }
    lastTick.put(tick, now);
    run(List.of(new Msg.Ticked(tick)));
  }

  @Override
  void handle(List<Msg> messages) {
    for (Msg message : messages) {
      store.handle(message);
    }
    store.endTurn();
  }

  /** Any thread: answers {@code question} on the store's thread, between two turns. */
  <T> Future<T> ask(Function<Store, T> question) {
    Promise<T> answer = Promise.promise();
    context.runOnContext(
        ignored -> {
          try {
            answer.complete(question.apply(store));
          } catch (RuntimeException e) {
            answer.fail(e);
          }
        });
    return answer.future();
  }

  @Override
  void close() {
    store.close();
  }
}
