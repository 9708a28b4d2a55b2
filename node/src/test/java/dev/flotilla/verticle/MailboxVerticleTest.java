package dev.flotilla.verticle;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A worker and its mailbox on Vert.x: from the first message to the last. */
class MailboxVerticleTest {
  private final Vertx vertx = Vertx.vertx();
  private final Mailbox<String> mailbox = new Mailbox<>(64);
  private final Recorder recorder = new Recorder(mailbox);

  /** Keeps what it is given; on the worker's thread. */
  private static final class Recorder extends MailboxVerticle<String> {
    private final List<String> handled = new ArrayList<>();
    private final CountDownLatch three = new CountDownLatch(3);
    private final CountDownLatch late = new CountDownLatch(1);
    private boolean onEventLoop;
    private int turnsAfterClose;
    private boolean closed;

    private Recorder(Mailbox<String> mailbox) {
      super(
          "recorder",
          mailbox,
          64,
          (source, fault) -> {
            throw new AssertionError(source, fault);
          });
    }

    @Override
    void handle(List<String> messages) {
      onEventLoop |= Context.isOnEventLoopThread();
      turnsAfterClose += closed ? 1 : 0;
      handled.addAll(messages);
      messages.forEach(message -> three.countDown());
    }

    @Override
    void close() {
      closed = true;
      // As a timer does that fires now.
      context.runOnContext(
          ignored -> {
            handleNow("late");
            late.countDown();
          });
    }
  }

  /** Keeps whether what its thread was asked for while it stopped was done when it had stopped. */
  private static final class Busy extends MailboxVerticle<String> {
    private final CompletableFuture<Boolean> doneInTime = new CompletableFuture<>();
    private boolean done;

    private Busy() {
      super(
          "busy",
          new Mailbox<>(64),
          1,
          (source, fault) -> {
            throw new AssertionError(source, fault);
          });
    }

    @Override
    void handle(List<String> messages) {}

    @Override
    void close() {
      // As a timer does that fires now.
      context.runOnContext(ignored -> done = true);
    }

    @Override
    public Future<?> stop() {
      return super.stop().onComplete(stopped -> doneInTime.complete(done));
    }
  }

  /** Has something to do each millisecond, and takes its time to go when it has stopped. */
  private static final class Ticking extends MailboxVerticle<String> {
    private final CountDownLatch ticked = new CountDownLatch(3);
    private volatile boolean over;
    private final AtomicInteger late = new AtomicInteger();

    private Ticking() {
      super(
          "ticking",
          new Mailbox<>(64),
          1,
          (source, fault) -> {
            throw new AssertionError(source, fault);
          });
    }

    @Override
    public Future<?> start() {
      every(
          1,
          () -> {
            late.addAndGet(over ? 1 : 0);
            handleNow("tick");
          });
      return super.start();
    }

    @Override
    void handle(List<String> messages) {
      messages.forEach(message -> ticked.countDown());
    }

    @Override
    public Future<?> stop() {
      return super.stop()
          .compose(
              stopped -> {
                over = true;
                return ticks(50);
              });
    }

    /** Another timer like the one that was stopped has fired so often. */
    private Future<Void> ticks(int left) {
      return left == 0
          ? Future.succeededFuture()
          : vertx.timer(1, TimeUnit.MILLISECONDS).compose(fired -> ticks(left - 1));
    }
  }

  /** Tells of its faults instead of ending the process. */
  private static final class Faulty extends MailboxVerticle<String> {
    private Faulty(List<Throwable> faults) {
      super("faulty", new Mailbox<>(64), 1, (source, fault) -> faults.add(fault));
    }

    @Override
    void handle(List<String> messages) {}
  }

  private String deploy() throws Exception {
    return deploy(recorder);
  }

  private String deploy(MailboxVerticle<String> worker) throws Exception {
    return vertx
        .deployVerticle(worker, new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER))
        .await(20, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @Test
  void handlesOnItsWorkerWhatCameBeforeAndAfterItListened() throws Exception {
    mailbox.offer("before");
    deploy();
    mailbox.offer("a");
    mailbox.offer("b");
    assertThat(recorder.three.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(recorder.handled).containsExactly("before", "a", "b");
    assertThat(recorder.onEventLoop).isFalse();
  }

  @Test
  void answersWithWhatAQuestionThrowsAndTellsOfItIfItIsAFault() throws Exception {
    List<Throwable> faults = new CopyOnWriteArrayList<>();
    Faulty faulty = new Faulty(faults);
    deploy(faulty);
    IllegalStateException failure = new IllegalStateException("its own");
    Error fault = new AssertionError("a broken invariant");
    assertThat(failureOf(faulty, failure)).isSameAs(failure);
    assertThat(faults).isEmpty();
    assertThat(failureOf(faulty, fault)).isSameAs(fault);
    assertThat(faults).containsExactly(fault);
    assertThat(faulty.answer(() -> "well", thrown -> true).await(20, TimeUnit.SECONDS))
        .isEqualTo("well");
  }

  private static Throwable failureOf(Faulty faulty, Throwable thrown) throws Exception {
    return faulty
        .<Throwable>answer(() -> sneak(thrown), Error.class::isInstance)
        .otherwise(told -> told)
        .await(20, TimeUnit.SECONDS);
  }

  private static Throwable sneak(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) thrown;
  }

  /** Vert.x takes the thread away from who has stopped, and its loop dies of what is left. */
  @Test
  void hasNothingLeftToDoWhenItHasStopped() throws Exception {
    Busy busy = new Busy();
    vertx.undeploy(deploy(busy)).await(20, TimeUnit.SECONDS);
    assertThat(busy.doneInTime.get(20, TimeUnit.SECONDS)).isTrue();
  }

  /** Vert.x takes the thread away from who has stopped, and it ends with what a timer has left. */
  @Test
  void noTimerFiresOnceItHasStopped() throws Exception {
    Ticking ticking = new Ticking();
    String id = deploy(ticking);
    assertThat(ticking.ticked.await(20, TimeUnit.SECONDS)).isTrue();
    vertx.undeploy(id).await(20, TimeUnit.SECONDS);
    assertThat(ticking.over).isTrue();
    assertThat(ticking.late).hasValue(0);
  }

  @Test
  void handlesWhatItTookBeforeItStopsAndNothingAfter() throws Exception {
    String id = deploy();
    for (String message : List.of("a", "b", "c")) {
      mailbox.leave(message);
    }
    vertx.undeploy(id).await(20, TimeUnit.SECONDS);
    assertThat(recorder.late.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(mailbox.offer("refused")).isFalse();
    assertThat(recorder.handled).containsExactly("a", "b", "c");
    assertThat(recorder.turnsAfterClose).isZero();
  }
}
