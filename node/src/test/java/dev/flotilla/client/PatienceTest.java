package dev.flotilla.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PatienceTest {
  /** At five a second, a quarter of an hour: {@code --timeout} may be longer. */
  private static final int TRIES = 4000;

  private final Vertx vertx = Vertx.vertx();
  private final Patience patience = new Patience(vertx, Duration.ofMinutes(1), 1);
  private final AtomicInteger tries = new AtomicInteger();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void isAnsweredHoweverOftenItAsks() throws Exception {
    Future<Integer> answer =
        patience.read(
            () ->
                tries.incrementAndGet() < TRIES
                    ? Future.failedFuture(ClientException.notNow("not yet"))
                    : Future.succeededFuture(tries.get()));
    assertThat(answer.await(60, TimeUnit.SECONDS)).isEqualTo(TRIES);
  }

  @Test
  void seesHoweverOftenItLooks() throws Exception {
    Future<Integer> seen =
        patience.watch(
            () -> Future.succeededFuture(tries.incrementAndGet()), number -> number == TRIES);
    assertThat(seen.await(60, TimeUnit.SECONDS)).isEqualTo(TRIES);
  }
}
