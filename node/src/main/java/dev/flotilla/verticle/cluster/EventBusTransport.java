package dev.flotilla.verticle.cluster;

import dev.flotilla.config.ClusterConfig;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.Transport;
import dev.flotilla.security.StoreNames;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.MessageProducer;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raft messages over the clustered event bus: one address a store, many messages a frame, a window
 * of bytes for each target. Snapshots go another way.
 */
public final class EventBusTransport implements Transport {
  private static final Logger LOG = LoggerFactory.getLogger(EventBusTransport.class);

  /** A frame that leaves with the present flush. */
  private record Outgoing(long storeId, Buffer frame, Promise<Void> written) {}

  private final BusLoop loop;
  private final ClusterConfig config;
  private final StoreNames names;
  private final long clusterId;
  private final long selfId;
  private final Clock clock;
  private final RaftStoreRouter router;
  private final Consumer<RaftMessage> snapshots;
  private final LongConsumer onUnreached;
  private final long firstSession;
  private final Map<Long, StoreLink> links = new HashMap<>();

  /** Event loop. */
  private final Map<Long, MessageProducer<Buffer>> producers = new HashMap<>();

  /** Stores to which a frame could not be written, and which have taken in none since. */
  private final Set<Long> unreached = ConcurrentHashMap.newKeySet();

  /** Store loop: frames of the flush under way. Links write at no other time. */
  private List<Outgoing> outgoing = new ArrayList<>();

  private @Nullable MessageConsumer<Buffer> consumer;

  /**
   * @param loop what sends
   * @param names whose certificate speaks for which store
   * @param session tells this life of the store from its others
   * @param router to the own store
   * @param snapshots takes messages with a snapshot
   * @param onUnreached told of a store that can no longer be reached; event loop, must not block
   */
  public EventBusTransport(
      BusLoop loop,
      ClusterConfig config,
      StoreNames names,
      long clusterId,
      long selfId,
      long session,
      Clock clock,
      RaftStoreRouter router,
      Consumer<RaftMessage> snapshots,
      LongConsumer onUnreached) {
    this.loop = loop;
    this.config = config;
    this.names = names;
    this.clusterId = clusterId;
    this.selfId = selfId;
    this.firstSession = session;
    this.clock = clock;
    this.router = router;
    this.snapshots = snapshots;
    this.onUnreached = onUnreached;
  }

  /** Begins to receive; to be called on an event loop. */
  public Future<Void> listen() {
    MessageConsumer<Buffer> listening = loop.bus().consumer(Addresses.raft(selfId), this::onFrame);
    consumer = listening;
    return listening.completion();
  }

  /** Receives no more. */
  public Future<Void> close() {
    return consumer == null ? Future.succeededFuture() : consumer.unregister();
  }

  @Override
  public void send(RaftMessage message) {
    if (message.getMessage().hasSnapshot()) {
      snapshots.accept(message);
      return;
    }
    linkTo(message.getToPeer().getStoreId()).add(message);
  }

  private StoreLink linkTo(long storeId) {
    return links.computeIfAbsent(storeId, this::newLink);
  }

  private StoreLink newLink(long storeId) {
    return new StoreLink(
        clusterId,
        selfId,
        storeId,
        firstSession,
        config.windowBytes(),
        config.frameBytes(),
        clock,
        new Wire());
  }

  /** The frames of all links go to the event loop at once: it is woken for each hand-over. */
  @Override
  public void flush() {
    links.values().forEach(StoreLink::flush);
    if (!outgoing.isEmpty()) {
      List<Outgoing> frames = outgoing;
      outgoing = new ArrayList<>();
      loop.send(bus -> frames.forEach(frame -> write(bus, frame)));
    }
  }

  /** Event loop. A frame that cannot be written at once must not cost other stores theirs. */
  private void write(EventBus bus, Outgoing out) {
    long storeId = out.storeId();
    MessageProducer<Buffer> producer =
        producers.computeIfAbsent(storeId, id -> bus.sender(Addresses.raft(id)));
    Future.<Void>future(written -> producer.write(out.frame()).onComplete(written))
        .onFailure(failure -> onUnwritten(storeId, failure))
        .onComplete(out.written());
  }

  private void onReached(long storeId) {
    if (!unreached.isEmpty() && unreached.remove(storeId)) {
      LOG.info("store {} is reached again", storeId);
    }
  }

  private void onUnwritten(long storeId, Throwable failure) {
    if (unreached.add(storeId)) {
      LOG.warn("store {} cannot be reached: {}", storeId, reason(failure));
      onUnreached.accept(storeId);
    }
  }

  /** In words also when the connection was lost under a frame, of which Netty says nothing. */
  static String reason(Throwable failure) {
    String message = failure.getMessage();
    if (message != null) {
      return message;
    }
    return failure instanceof ClosedChannelException
        ? "the connection was closed"
        : failure.toString();
  }

  /**
   * Event loop. Whoever sends is known by what the frame says, must be of this cluster and, where
   * connections are encrypted, have the certificate of that store's node.
   */
  private void onFrame(Message<Buffer> message) {
    Frame frame;
    try {
      frame = Frame.parse(message.body());
    } catch (IOException e) {
      LOG.warn("a frame on the event bus cannot be read: {}", e.getMessage());
      return;
    }
    if (frame.clusterId() != clusterId || frame.storeId() == selfId) {
      LOG.warn(
          "a frame of store {} of cluster {} came to cluster {}",
          frame.storeId(),
          frame.clusterId(),
          clusterId);
      return;
    }
    if (names.isChecked() && !names.admits(frame.storeId(), SenderStamp.of(message))) {
      return;
    }
    for (RaftMessage raft : frame.messages()) {
      if (raft.getFromPeer().getStoreId() == frame.storeId()) {
        router.send(new Msg.Raft(raft));
      }
    }
    int bytes = message.body().length();
    later(() -> onTaken(frame, bytes));
  }

  /** Store loop: the messages of {@code frame} have been stepped. */
  private void onTaken(Frame frame, int bytes) {
    StoreLink link = linkTo(frame.storeId());
    if (frame.credit().sequence() > 0 && link.onCredit(frame.credit())) {
      onReached(frame.storeId());
    }
    if (frame.sequence() > 0) {
      link.onTaken(new Frame.Credit(frame.session(), frame.sequence()), bytes);
    }
  }

  private void later(Runnable task) {
    router.send(new Msg.Reached(task));
  }

  /** What the links of this transport do on the bus. */
  private final class Wire implements StoreLink.Wire {
    @Override
    public Future<Void> write(long storeId, Buffer frame) {
      Promise<Void> written = Promise.promise();
      outgoing.add(new Outgoing(storeId, frame, written));
      return written.future();
    }

    @Override
    public void unreachable(StoreLink.Target target) {
      router.send(new Msg.Unreachable(target.regionId(), target.peerId()));
    }

    @Override
    public void later(Runnable task) {
      EventBusTransport.this.later(task);
    }
  }
}
