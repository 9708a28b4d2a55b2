package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeStopTest {
  @TempDir private Path data;

  /** What a step leaves behind that nobody tries is open until the process ends. */
  @Test
  void closesItsEnginesThoughAnEarlierStepFails() throws Exception {
    Node node =
        Node.create(
                RunningNode.onFreePort(data, Map.of()),
                (where, fault) -> {
                  throw new AssertionError(where, fault);
                })
            .await(30, TimeUnit.SECONDS);
    node.start().await(30, TimeUnit.SECONDS);
    Vertx vertx = node.vertx();
    for (String deployment : List.copyOf(vertx.deploymentIDs())) {
      vertx.undeploy(deployment).await(30, TimeUnit.SECONDS);
    }
    assertThatThrownBy(() -> node.stop().await(30, TimeUnit.SECONDS))
        .satisfies(
            failure ->
                assertThat(failure.getSuppressed())
                    .as("those that failed besides")
                    .anySatisfy(later -> assertThat(later).hasMessage("Unknown deployment")));
    RunningNode.start(data).close();
  }
}
