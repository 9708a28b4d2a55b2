package dev.flotilla.verticle.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.config.ClusterConfig;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raftstore.Msg;
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
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageProducer;
import io.vertx.core.eventbus.ReplyException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
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

  /** The bus, but to one address it throws, as it does on a connection that was just closed. */
  private EventBus failingAtOnce(String address) {
    return (EventBus)
        Proxy.newProxyInstance(
            EventBus.class.getClassLoader(),
            new Class<?>[] {EventBus.class},
            (proxy, method, arguments) -> {
              if (!address.equals(arguments[0])) {
                return method.invoke(vertx.eventBus(), arguments);
              } else if (method.getName().equals("sender")) {
                return Proxy.newProxyInstance(
                    EventBus.class.getClassLoader(),
                    new Class<?>[] {MessageProducer.class},
                    (producer, write, frame) -> {
                      throw new IllegalStateException("Promise already completed");
                    });
              }
              throw new IllegalStateException("Promise already completed");
            });
  }

  @Test
  void whatIsToldMayBeLost() throws Exception {
    serve();
    Queue<Throwable> unhandled = new ConcurrentLinkedQueue<>();
    vertx.exceptionHandler(unhandled::add);
    loop = new BusLoop(vertx, failingAtOnce("closed"));
    calls = new BusCalls(loop, Duration.ofSeconds(20));
    onWorker(
        () -> {
          calls.tell("closed", "method", BYTES);
          calls.tellAll("closed", BYTES);
          return true;
        });
    calls.ask(ADDRESS, "yes", BYTES).await(20, TimeUnit.SECONDS);
    assertThat(unhandled).isEmpty();
  }

  private EventBusTransport transport(Queue<Msg> toldStore) {
    return new EventBusTransport(
        loop,
        ClusterConfig.defaults(),
        new StoreNames(false),
        11,
        1,
        5,
        new SystemClock(),
        toldStore::add,
        message -> {},
        store -> {});
  }

  private Future<Integer> frameTo(long storeId) throws Exception {
    Promise<Integer> arrived = Promise.promise();
    vertx
        .eventBus()
        .<Buffer>consumer(
            Addresses.raft(storeId), message -> arrived.tryComplete(message.body().length()))
        .completion()
        .await(20, TimeUnit.SECONDS);
    return arrived.future();
  }

  private static RaftMessage messageTo(long storeId) {
    return RaftMessage.newBuilder()
        .setRegionId(7)
        .setFromPeer(Peer.newBuilder().setId(11).setStoreId(1))
        .setToPeer(Peer.newBuilder().setId(10 * storeId + 1).setStoreId(storeId))
        .build();
  }

  @Test
  void framesOfTheStoreLoopLeaveByAnEventLoop() throws Exception {
    EventBusTransport transport = transport(new ConcurrentLinkedQueue<>());
    Future<Integer> arrived = frameTo(2);
    onWorker(
        () -> {
          transport.send(messageTo(2));
          transport.flush();
          return true;
        });
    assertThat(arrived.await(20, TimeUnit.SECONDS)).isPositive();
    assertThat(sentOnLoop).containsExactly(true);
  }

  @Test
  void aFrameThatCannotBeWrittenCostsNoOtherStoreItsOwn() throws Exception {
    loop = new BusLoop(vertx, failingAtOnce(Addresses.raft(3)));
    Queue<Msg> toldStore = new ConcurrentLinkedQueue<>();
    EventBusTransport transport = transport(toldStore);
    List<Future<Integer>> arrived = List.of(frameTo(2), frameTo(4));
    onWorker(
        () -> {
          for (long storeId = 2; storeId <= 4; storeId++) {
            transport.send(messageTo(storeId));
          }
          transport.flush();
          return true;
        });
    for (Future<Integer> frame : arrived) {
      assertThat(frame.await(20, TimeUnit.SECONDS)).isPositive();
    }
    assertThat(toldStore).as("of the lost frame").hasSize(1);
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

  /** As the store loop does while a request of its own is under way: others wait for its end. */
  @Test
  void whoHasStoppedIsAnsweredAllTheSame() throws Exception {
    Queue<Throwable> unhandled = new ConcurrentLinkedQueue<>();
    vertx.exceptionHandler(unhandled::add);
    Promise<BusCalls.Reply> asked = Promise.promise();
    calls
        .serve(ADDRESS, (sender, method, request, reply) -> asked.complete(reply))
        .await(20, TimeUnit.SECONDS);
    Promise<BusCalls.Answered> answer = Promise.promise();
    VerticleBase asking =
        new VerticleBase() {
          @Override
          public Future<?> start() {
            calls.ask(ADDRESS, "yes", BYTES).onComplete(answer);
            return Future.succeededFuture();
          }
        };
    String id =
        vertx
            .deployVerticle(
                asking,
                new DeploymentOptions()
                    .setThreadingModel(ThreadingModel.WORKER)
                    .setWorkerPoolName("f-asking"))
            .await(20, TimeUnit.SECONDS);
    BusCalls.Reply reply = asked.future().await(20, TimeUnit.SECONDS);
    vertx.undeploy(id).await(20, TimeUnit.SECONDS);
    reply.done(BYTES);
    assertThat(answer.future().await(20, TimeUnit.SECONDS).content().getBytes()).isEqualTo(BYTES);
    assertThat(unhandled).isEmpty();
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
