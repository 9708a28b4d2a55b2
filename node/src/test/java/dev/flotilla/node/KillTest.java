package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.client.ClusterClient;
import dev.flotilla.config.HostPort;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that is killed while it takes writes has every acknowledged one after its restart. Each
 * write is a single attempt with a key of its own, so an answer is about that attempt alone. More
 * rounds: {@code -Dkill.rounds=20}.
 */
class KillTest {
  private static final int ROUNDS = Integer.getInteger("kill.rounds", 3);
  private static final int IN_FLIGHT = 64;
  private static final int WRITES_BEFORE_KILL = 500;

  private final Vertx vertx = Vertx.vertx();
  private final Map<ByteString, ByteString> acknowledged = new ConcurrentHashMap<>();
  private final AtomicLong next = new AtomicLong();
  @TempDir private Path data;

  @AfterEach
  void close() throws Exception {
    vertx.close().await(30, TimeUnit.SECONDS);
  }

  @Test
  void findsEveryAcknowledgedWriteAgain() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      try (NodeUnderTest node = NodeUnderTest.start(data)) {
        ClusterClient client = connect(node);
        assertHasAll(client);
        int before = acknowledged.size();
        for (int i = 0; i < IN_FLIGHT; i++) {
          keepWriting(client, unknown -> {});
        }
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> acknowledged.size() >= before + WRITES_BEFORE_KILL);
        node.kill();
        node.exitStatus();
        client.close().await(30, TimeUnit.SECONDS);
      }
    }
    try (NodeUnderTest node = NodeUnderTest.start(data)) {
      ClusterClient client = connect(node);
      assertHasAll(client);
      client.close().await(30, TimeUnit.SECONDS);
    }
  }

  /** What was accepted is answered before the node ends, so what failed was not accepted. */
  @Test
  void answersWhatItAcceptedWhenItIsToldToStop() throws Exception {
    List<ByteString> failed = new CopyOnWriteArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      try (NodeUnderTest node = NodeUnderTest.start(data)) {
        ClusterClient client = connect(node);
        int before = acknowledged.size();
        int failedBefore = failed.size();
        for (int i = 0; i < IN_FLIGHT; i++) {
          keepWriting(client, failed::add);
        }
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> acknowledged.size() >= before + WRITES_BEFORE_KILL);
        node.terminate();
        assertThat(node.exitStatus()).isZero();
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> failed.size() == failedBefore + IN_FLIGHT);
        client.close().await(30, TimeUnit.SECONDS);
      }
    }
    try (NodeUnderTest node = NodeUnderTest.start(data)) {
      ClusterClient client = connect(node);
      assertHasAll(client);
      for (ByteString key : failed) {
        assertThat(client.get(key).await(30, TimeUnit.SECONDS)).as(key.toStringUtf8()).isEmpty();
      }
      client.close().await(30, TimeUnit.SECONDS);
    }
  }

  private ClusterClient connect(NodeUnderTest node) throws Exception {
    List<HostPort> drivers = List.of(HostPort.parse(node.address()));
    return ClusterClient.connect(vertx, drivers, Duration.ofSeconds(10))
        .await(30, TimeUnit.SECONDS);
  }

  /** One write after the other until one fails. */
  private void keepWriting(ClusterClient client, Consumer<ByteString> onFailure) {
    ByteString key = ByteString.copyFromUtf8("key-" + next.getAndIncrement());
    ByteString value = key.concat(ByteString.copyFromUtf8("-value"));
    client
        .put(key, value)
        .onComplete(
            done -> {
              acknowledged.put(key, value);
              keepWriting(client, onFailure);
            },
            failure -> onFailure.accept(key));
  }

  private void assertHasAll(ClusterClient client) throws Exception {
    for (Map.Entry<ByteString, ByteString> write : acknowledged.entrySet()) {
      Future<Optional<ByteString>> read = client.get(write.getKey());
      assertThat(read.await(30, TimeUnit.SECONDS)).contains(write.getValue());
    }
  }
}
