package dev.flotilla.verticle.cluster;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.proto.cluster.DriverHint;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.Tick;
import dev.flotilla.security.StoreNames;
import dev.flotilla.verticle.PdRuntime;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who drives placement: said to everyone by the node that does, and remembered by all. Any thread.
 *
 * <p>A new driver knows nothing of the regions, so leaders report when they hear of it. A report
 * may be lost, and the next is a minute away; the driver asks again for as long as it lacks some,
 * with its first, second, fourth, eighth word. A region without a leader must not have all others
 * report without end.
 */
final class DriverHints {
  private static final Logger LOG = LoggerFactory.getLogger(DriverHints.class);

  /** Requests that wait for a driver; the others are told at once that there is none. */
  private static final int WAITING_MAX = 1024;

  /** The store that drove in the highest term heard of. */
  private record Driver(long storeId, long term) {}

  private final Vertx vertx;
  private final BusCalls calls;
  private final long clusterId;
  private final long storeId;
  private final StoreNames names;
  private final PdRuntime local;
  private final RaftStoreRouter router;
  private final Duration patience;
  private final Consumer<String> onOther;

  /** How often this node has said that it drives in its present term. */
  private final AtomicLong announced = new AtomicLong();

  /** Who is to know the driver as soon as it is known. */
  private final Set<Promise<Long>> waiting = ConcurrentHashMap.newKeySet();

  private volatile Driver driver = new Driver(0, 0);
  private @Nullable MessageConsumer<Buffer> consumer;

  /**
   * @param names whose certificate speaks for which store
   * @param local this node's driver
   * @param patience how long a request waits for a driver
   * @param onOther told why when it is no longer the same store that drives, as far as is known
   */
  DriverHints(
      Vertx vertx,
      BusCalls calls,
      long clusterId,
      long storeId,
      StoreNames names,
      PdRuntime local,
      RaftStoreRouter router,
      Duration patience,
      Consumer<String> onOther) {
    this.vertx = vertx;
    this.calls = calls;
    this.clusterId = clusterId;
    this.storeId = storeId;
    this.names = names;
    this.local = local;
    this.router = router;
    this.patience = patience;
    this.onOther = onOther;
  }

  /** Begins to listen. */
  Future<Void> open() {
    MessageConsumer<Buffer> opened = vertx.eventBus().consumer(Addresses.DRIVER, this::onHint);
    consumer = opened;
    return opened.completion();
  }

  /** Hears no more. */
  void close() {
    if (consumer != null) {
      consumer.unregister();
    }
  }

  /** The store to ask; 0 when none is known. */
  long driver() {
    return driver.storeId();
  }

  /** The store to ask, when it is known; 0 when none is for a while, or very many wait for one. */
  Future<Long> soon() {
    if (driver() != 0 || waiting.size() >= WAITING_MAX) {
      return Future.succeededFuture(driver());
    }
    Promise<Long> known = Promise.promise();
    waiting.add(known);
    vertx.setTimer(patience.toMillis(), id -> tell(known));
    if (driver() != 0) {
      // Since the look before.
      tell(known);
    }
    return known.future();
  }

  private void tell(Promise<Long> known) {
    if (waiting.remove(known)) {
      known.complete(driver());
    }
  }

  /** A store can no longer be reached: what it has said of itself counts until it says it again. */
  void onUnreached(long store) {
    if (forget(store)) {
      onOther.accept("the node that drives placement cannot be reached");
    }
  }

  /** Not while another driver is learnt of, or that one would be forgotten. */
  private synchronized boolean forget(long store) {
    Driver known = driver;
    if (known.storeId() != store) {
      return false;
    }
    driver = new Driver(0, known.term());
    return true;
  }

  private synchronized void learn(Driver now) {
    driver = now;
  }

  /** This node begins or ceases to drive. */
  void onTerm() {
    announced.set(0);
    announce();
  }

  /** Says that this node drives, if it does; to be called now and then. */
  void announce() {
    long term = local.term();
    if (term != 0) {
      boolean mayAsk = Long.bitCount(announced.incrementAndGet()) == 1;
      DriverHint hint =
          DriverHint.newBuilder()
              .setClusterId(clusterId)
              .setTerm(term)
              .setStoreId(storeId)
              .setWantsRegions(mayAsk && !local.isReady())
              .build();
      calls.tellAll(Addresses.DRIVER, hint.toByteArray());
    }
  }

  private void onHint(Message<Buffer> message) {
    DriverHint hint;
    try {
      hint = DriverHint.parseFrom(message.body().getBytes());
    } catch (InvalidProtocolBufferException e) {
      LOG.warn("word of a driver cannot be read: {}", e.getMessage());
      return;
    }
    if (!names.admits(hint.getStoreId(), SenderStamp.of(message))) {
      return;
    }
    Driver known = driver;
    if (hint.getClusterId() != clusterId || hint.getTerm() < known.term()) {
      return;
    }
    learn(new Driver(hint.getStoreId(), hint.getTerm()));
    if (hint.getStoreId() != known.storeId()) {
      onOther.accept("another node drives placement now");
    }
    // Only now, or what they ask of it would be given up with what others were asked.
    waiting.forEach(this::tell);
    if (hint.getTerm() > known.term()) {
      router.send(new Msg.Ticked(Tick.STORE_HEARTBEAT));
    }
    if (hint.getTerm() > known.term() || hint.getWantsRegions()) {
      router.send(new Msg.Ticked(Tick.REGION_HEARTBEAT));
    }
  }
}
