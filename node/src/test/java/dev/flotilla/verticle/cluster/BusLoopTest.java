package dev.flotilla.verticle.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.config.ClusterConfig;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.security.StoreNames;
import dev.flotilla.verticle.SystemClock;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who sends over the bus, on which thread, and where the answer comes. */
class BusLoopTest {
  private static final String ADDRESS = "echo";
  private static final byte[] BYTES = "word".getBytes(StandardCharsets.UTF_8);

  /** For each message that was sent, whether that was on an event loop. */
  private final Queue<Boolean> sentOnLoop = new ConcurrentLinkedQueue<>();

  private Vertx vertx;
  private BusLoop loop;
  private BusCalls calls;

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
    loop = new BusLoop(vertx);
    calls = new BusCalls(loop, Duration.ofSeconds(20));
    vertx
        .eventBus()
        .addOutboundInterceptor(
            sending -> {
              sentOnLoop.add(Context.isOnEventLoopThread());
              sending.next();
            });
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  private void onWorker(Callable<?> action) throws Exception {
    VerticleBase worker =
        new VerticleBase() {
          @Override
          public Future<?> start() throws Exception {
            action.call();
            return Future.succeededFuture();
          }
        };
    vertx
        .deployVerticle(worker, new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER))
        .await(20, TimeUnit.SECONDS);
  }

  /** Answers "no" with a failure and all else with itself, from a worker. */
  private void serve() throws Exception {
    calls
        .serve(
            ADDRESS,
            (sender, method, request, reply) ->
                vertx.executeBlocking(
                    () -> {
                      if (method.equals("no")) {
                        reply.fail(BusCalls.PERMISSION_DENIED, "no");
                      } else {
                        reply.done(request);
                      }
                      return true;
                    }))
        .await(20, TimeUnit.SECONDS);
  }

  @Test
  void workersAskTellAndAnswerByAnEventLoop() throws Exception {
    serve();
    Promise<byte[]> told = Promise.promise();
    calls
        .serve("told", (sender, method, message, reply) -> told.tryComplete(message))
        .await(20, TimeUnit.SECONDS);
    Promise<byte[]> toldAll = Promise.promise();
    calls
        .serve("all", (sender, method, message, reply) -> toldAll.tryComplete(message))
        .await(20, TimeUnit.SECONDS);
    Promise<BusCalls.Answered> asked = Promise.promise();
    Promise<BusCalls.Answered> refused = Promise.promise();
    onWorker(
        () -> {
          calls.tell("told", "method", BYTES);
          calls.tellAll("all", BYTES);
          calls.ask(ADDRESS, "yes", BYTES).onComplete(asked);
          calls.ask(ADDRESS, "no", BYTES).onComplete(refused);
          return true;
        });
    assertThat(told.future().await(20, TimeUnit.SECONDS)).isEqualTo(BYTES);
    assertThat(toldAll.future().await(20, TimeUnit.SECONDS)).isEqualTo(BYTES);
    assertThat(asked.future().await(20, TimeUnit.SECONDS).content().getBytes()).isEqualTo(BYTES);
    assertThatThrownBy(() -> refused.future().await(20, TimeUnit.SECONDS))
        .isInstanceOf(ReplyException.class)
        .hasMessage("no");
    // Two were told, two asked and two answered.
    assertThat(sentOnLoop).hasSize(6).containsOnly(true);
  }

  @Test
  void framesOfTheStoreLoopLeaveByAnEventLoop() throws Exception {
    EventBusTransport transport =
        new EventBusTransport(
            loop,
            ClusterConfig.defaults(),
            new StoreNames(false),
            11,
            1,
            5,
            new SystemClock(),
            msg -> true,
            message -> {});
    Promise<Integer> arrived = Promise.promise();
    vertx
        .eventBus()
        .<Buffer>consumer(
            Addresses.raft(2), message -> arrived.tryComplete(message.body().length()))
        .completion()
        .await(20, TimeUnit.SECONDS);
    onWorker(
        () -> {
          transport.send(
              RaftMessage.newBuilder()
                  .setRegionId(7)
                  .setFromPeer(Peer.newBuilder().setId(11).setStoreId(1))
                  .setToPeer(Peer.newBuilder().setId(21).setStoreId(2))
                  .build());
          transport.flush();
          return true;
        });
    assertThat(arrived.future().await(20, TimeUnit.SECONDS)).isPositive();
    assertThat(sentOnLoop).containsExactly(true);
  }

  @Test
  void answersComeInTheContextThatAsked() throws Exception {
    serve();
    Promise<Boolean> same = Promise.promise();
    onWorker(
        () -> {
          Context asking = Vertx.currentContext();
          calls
              .ask(ADDRESS, "yes", BYTES)
              .onSuccess(answered -> same.complete(Vertx.currentContext() == asking));
          return true;
        });
    assertThat(same.future().await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whoCannotAskIsTold() {
    Future<Object> asked =
        loop.ask(
            bus -> {
              throw new IllegalStateException("the bus is closed");
            });
    assertThatThrownBy(() -> asked.await(20, TimeUnit.SECONDS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the bus is closed");
  }

  @Test
  void workerIsNoEventLoop() {
    assertThatThrownBy(() -> onWorker(() -> new BusLoop(vertx)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a worker does not send over the event bus");
  }
}
