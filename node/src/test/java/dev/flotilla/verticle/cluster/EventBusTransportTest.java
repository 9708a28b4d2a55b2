package dev.flotilla.verticle.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.flotilla.config.ClusterConfig;
import dev.flotilla.proto.eraftpb.Message;
import dev.flotilla.proto.eraftpb.MessageType;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.security.StoreNames;
import dev.flotilla.verticle.SystemClock;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What an operator reads of a store that is not reached. */
class EventBusTransportTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long CLUSTER = 1;
  private static final long SELF = 2;
  private static final long OTHER = 3;
  private static final long SESSION = 70;

  private final Vertx vertx = Vertx.vertx();
  private final Queue<String> said = new ConcurrentLinkedQueue<>();
  private final Queue<Buffer> frames = new ConcurrentLinkedQueue<>();
  private final Queue<Long> unreached = new ConcurrentLinkedQueue<>();
  private final Logger log = (Logger) LoggerFactory.getLogger(EventBusTransport.class);
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          said.add(event.getFormattedMessage());
        }
      };

  /** What the store loop is to do. */
  private final Queue<Msg> loop = new ConcurrentLinkedQueue<>();

  private final EventBusTransport transport =
      new EventBusTransport(
          new BusLoop(vertx),
          ClusterConfig.defaults(),
          new StoreNames(false),
          CLUSTER,
          SELF,
          SESSION,
          new SystemClock(),
          loop::add,
          snapshot -> {},
          unreached::add);

  @BeforeEach
  void listen() throws Exception {
    appender.start();
    log.setLevel(Level.INFO);
    log.addAppender(appender);
    transport.listen().await(30, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() throws Exception {
    log.detachAppender(appender);
    log.setLevel(null);
    vertx.close().await(30, TimeUnit.SECONDS);
  }

  private void send() {
    transport.send(
        RaftMessage.newBuilder()
            .setRegionId(7)
            .setToPeer(Peer.newBuilder().setId(8).setStoreId(OTHER))
            .setMessage(Message.newBuilder().setMsgType(MessageType.MsgHeartbeat))
            .build());
    transport.flush();
  }

  /** The store loop takes what is next; tells whether that was a task of the transport. */
  private boolean turn() {
    if (loop.poll() instanceof Msg.Reached reached) {
      reached.action().run();
      return true;
    }
    return false;
  }

  /** The other store has taken in the {@code sequence}th frame. */
  private void credit(long session, long sequence) {
    vertx
        .eventBus()
        .send(
            Addresses.raft(SELF),
            Frame.write(CLUSTER, OTHER, 1, 0, new Frame.Credit(session, sequence), List.of(), 0));
    await().atMost(PATIENCE).until(this::turn);
  }

  /** A frame that was written may be one that nobody takes in. */
  @Test
  void isReachedAgainWhenItHasTakenSomethingIn() throws IOException {
    send();
    await().atMost(PATIENCE).until(() -> said.size() == 1);
    assertThat(said.peek()).startsWith("store 3 cannot be reached");
    await().atMost(PATIENCE).until(() -> List.copyOf(unreached).equals(List.of(OTHER)));
    vertx.eventBus().<Buffer>consumer(Addresses.raft(OTHER), frame -> frames.add(frame.body()));
    await().atMost(PATIENCE).until(this::turn);
    send();
    await().atMost(PATIENCE).until(() -> frames.size() == 1);
    Frame taken = Frame.parse(frames.remove());
    credit(taken.session(), taken.sequence() - 1);
    assertThat(said).as("it repeats what it said before").hasSize(1);
    credit(taken.session(), taken.sequence());
    assertThat(said).hasSize(2).last().isEqualTo("store 3 is reached again");
  }

  @Test
  void everyReasonIsInWords() {
    assertThat(EventBusTransport.reason(new ConnectException("Connection refused")))
        .isEqualTo("Connection refused");
    assertThat(EventBusTransport.reason(new ClosedChannelException()))
        .isEqualTo("the connection was closed");
    assertThat(EventBusTransport.reason(new IllegalStateException()))
        .isEqualTo("java.lang.IllegalStateException");
  }
}
