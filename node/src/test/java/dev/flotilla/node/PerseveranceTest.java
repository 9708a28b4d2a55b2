package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PerseveranceTest {
  /** At 20 a second, less than four minutes; the stack would not bear half of it. */
  private static final int TRIES = 4000;

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger tries = new AtomicInteger();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private Future<Integer> attempt() {
    int number = tries.incrementAndGet();
    if (number % 2 == 0) {
      throw new IllegalStateException("not yet");
    }
    return number > TRIES ? Future.succeededFuture(number) : Future.failedFuture("not yet");
  }

  @Test
  void succeedsHoweverLongItTakes() throws Exception {
    int number =
        Future.<Integer>future(
                done ->
                    vertx.runOnContext(
                        start ->
                            Perseverance.until(vertx, 1, this::attempt, (tried, failure) -> {})
                                .onComplete(done)))
            .await(60, TimeUnit.SECONDS);
    assertThat(number).isEqualTo(TRIES + 1).isEqualTo(tries.get());
  }

  @Test
  void whatAnOperatorHasToPutRightIsNotTriedAgain() {
    Future<Void> refused =
        Perseverance.until(
            vertx,
            1,
            () -> {
              tries.incrementAndGet();
              return Future.failedFuture(new StartRefused("put it right"));
            },
            (tried, failure) -> {});
    assertThatThrownBy(() -> refused.await(10, TimeUnit.SECONDS)).isInstanceOf(StartRefused.class);
    assertThat(tries).hasValue(1);
  }
}
