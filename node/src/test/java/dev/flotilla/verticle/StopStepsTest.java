package dev.flotilla.verticle;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StopStepsTest {
  private final List<String> tried = new ArrayList<>();

  private Future<?> failing(String step) {
    tried.add(step);
    return Future.failedFuture(step);
  }

  @Test
  void triesWhatFollowsAStepThatFailedAndTellsOfAllThatDid() {
    Future<Void> stopped =
        new StopSteps()
            .then(() -> failing("first"))
            .then(
                () -> {
                  tried.add("second");
                  throw new IllegalStateException("second");
                })
            .then(
                () -> {
                  tried.add("third");
                  return Future.succeededFuture();
                })
            .done();
    assertThat(tried).containsExactly("first", "second", "third");
    assertThat(stopped.cause()).hasMessage("first");
    assertThat(stopped.cause().getSuppressed())
        .singleElement()
        .satisfies(later -> assertThat(later).hasMessage("second"));
  }

  @Test
  void succeedsWhenAllDo() {
    assertThat(new StopSteps().then(Future::succeededFuture).done().succeeded()).isTrue();
  }
}
