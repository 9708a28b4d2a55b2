package dev.flotilla.verticle.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.junit.jupiter.api.Test;

class OutstandingCallsTest {
  private final OutstandingCalls calls = new OutstandingCalls();
  private final Promise<byte[]> asked = Promise.promise();

  @Test
  void passesAnswersOnAndForgetsThem() {
    Future<byte[]> answer = calls.track(asked.future());
    assertThat(calls.size()).isEqualTo(1);
    asked.complete(new byte[] {7});
    assertThat(answer.result()).containsExactly(7);
    assertThat(calls.size()).isZero();
  }

  @Test
  void passesFailuresOn() {
    Future<byte[]> answer = calls.track(asked.future());
    asked.fail("no handlers");
    assertThat(answer.cause()).hasMessage("no handlers");
    assertThat(calls.size()).isZero();
  }

  @Test
  void givesUpOnceAndWhatComesAfterwardsMeansNothing() {
    Future<byte[]> answer = calls.track(asked.future());
    calls.giveUp("another drives");
    assertThat(answer.cause()).hasMessage("another drives");
    assertThat(calls.size()).isZero();
    asked.complete(new byte[] {7});
    assertThat(answer.failed()).isTrue();
    assertThat(calls.track(Future.succeededFuture(new byte[0])).succeeded()).isTrue();
  }
}
