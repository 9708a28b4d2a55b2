package dev.flotilla.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.StoppedClock;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallTrackerTest {
  private static final class Call implements TrackedCall {
    @Override
    public void checkDeadline(long nowNanos) {}
  }

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private CallTracker trackerOf(Context context) throws Exception {
    CompletableFuture<CallTracker> made = new CompletableFuture<>();
    context.runOnContext(
        ignored -> made.complete(new CallTracker(vertx, context, NO_TIME, 1 << 20)));
    return made.get(10, TimeUnit.SECONDS);
  }

  @Test
  void anAnswerThatCannotBeSentHoldsUpNoOther() throws Exception {
    CompletableFuture<Integer> left = new CompletableFuture<>();
    Context context = vertx.getOrCreateContext();
    context.runOnContext(
        ignored -> {
          CallTracker tracker = new CallTracker(vertx, context, NO_TIME, 1 << 20);
          Call first = new Call();
          Call second = new Call();
          tracker.accept(first, 10);
          tracker.accept(second, 10);
          tracker.complete(
              first,
              () -> {
                throw new IllegalStateException("the stream was reset");
              });
          tracker.complete(second, () -> left.complete(tracker.inFlight()));
        });
    assertThat(left.get(10, TimeUnit.SECONDS)).isZero();
  }

  @Test
  void aStreamThatCannotBeWrittenHoldsUpNoOther() {
    CompletableFuture<Void> told = new CompletableFuture<>();
    Context context = vertx.getOrCreateContext();
    context.runOnContext(
        ignored -> {
          CallTracker tracker = new CallTracker(vertx, context, NO_TIME, 1 << 20);
          tracker.afterAnswers(
              () -> {
                throw new IllegalStateException("the stream was reset");
              });
          tracker.afterAnswers(() -> told.complete(null));
          tracker.complete(new Call(), () -> {});
        });
    assertThat(told).succeedsWithin(10, TimeUnit.SECONDS);
  }

  /** From a worker: the event loop is free, and would take each answer at once. */
  @Test
  void answersOfABurstLeaveTogether() throws Exception {
    Context context = vertx.getOrCreateContext();
    CallTracker tracker = trackerOf(context);
    AtomicInteger sent = new AtomicInteger();
    CompletableFuture<Integer> duringBurst = new CompletableFuture<>();
    CompletableFuture<Void> all = new CompletableFuture<>();
    new AnswerBursts()
        .run(
            () -> {
              tracker.complete(new Call(), sent::incrementAndGet);
              tracker.complete(new Call(), sent::incrementAndGet);
              // Behind whatever woke the event loop.
              context.runOnContext(ignored -> duringBurst.complete(sent.get()));
              assertThat(duringBurst).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo(0);
            });
    tracker.complete(new Call(), () -> all.complete(null));
    assertThat(all).succeedsWithin(10, TimeUnit.SECONDS);
    assertThat(sent).hasValue(2);
  }

  @Test
  void answersLeaveThoughTheBurstFails() throws Exception {
    CallTracker tracker = trackerOf(vertx.getOrCreateContext());
    CompletableFuture<Void> sent = new CompletableFuture<>();
    assertThatThrownBy(
            () ->
                new AnswerBursts()
                    .run(
                        () -> {
                          tracker.complete(new Call(), () -> sent.complete(null));
                          throw new IllegalStateException("a fault");
                        }))
        .hasMessage("a fault");
    assertThat(sent).succeedsWithin(10, TimeUnit.SECONDS);
  }

  private static final Clock NO_TIME = new StoppedClock(0, 0);
}
