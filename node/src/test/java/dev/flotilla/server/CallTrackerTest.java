package dev.flotilla.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.raftstore.Clock;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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

  @Test
  void anAnswerThatCannotBeSentHoldsUpNoOther() throws Exception {
    CompletableFuture<Integer> left = new CompletableFuture<>();
    Context context = vertx.getOrCreateContext();
    context.runOnContext(
        ignored -> {
          CallTracker tracker = new CallTracker(vertx, context, NO_TIME, 100);
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

  private static final Clock NO_TIME =
      new Clock() {
        @Override
        public long nanos() {
          return 0;
        }

        @Override
        public long unixMillis() {
          return 0;
        }
      };
}
