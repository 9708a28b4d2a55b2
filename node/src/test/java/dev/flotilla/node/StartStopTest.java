package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process as an operator sees it. */
class StartStopTest {
  @TempDir private Path data;

  @Test
  void servesStopsAndFindsItsDataAgain() throws Exception {
    try (NodeUnderTest node = NodeUnderTest.start(data)) {
      try (TestClient client = TestClient.connect(node.address())) {
        client.raw().put(TestClient.bytes("key"), TestClient.bytes("value"));
        assertHasValue(client);
      }
      stop(node);
    }
    try (NodeUnderTest node = NodeUnderTest.start(data)) {
      try (TestClient client = TestClient.connect(node.address())) {
        assertHasValue(client);
      }
      stop(node);
    }
  }

  private static void assertHasValue(TestClient client) {
    assertThat(client.raw().get(TestClient.bytes("key"))).contains(TestClient.bytes("value"));
  }

  private static void stop(NodeUnderTest node) throws Exception {
    node.terminate();
    assertThat(node.exitStatus()).as(() -> node.output().toString()).isZero();
    assertThat(node.output()).endsWith("stopping", "stopped");
  }
}
