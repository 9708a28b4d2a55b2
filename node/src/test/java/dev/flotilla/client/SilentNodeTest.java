package dev.flotilla.client;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.flotilla.config.HostPort;
import dev.flotilla.proto.kvrpcpb.RawGetRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A node that stands still: its machine takes connections, and nobody ever says a word on them, so
 * that no request gets as far as having a deadline.
 */
class SilentNodeTest {
  private static final Duration TIMEOUT = Duration.ofMillis(300);

  private final Vertx vertx = Vertx.vertx();
  private final ServerSocket silent;

  SilentNodeTest() throws IOException {
    silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
    silent.close();
  }

  private SocketAddress address() {
    return SocketAddress.inetSocketAddress(silent.getLocalPort(), "127.0.0.1");
  }

  private static void assertFailsItself(Future<?> answer) {
    assertThatThrownBy(() -> answer.await(30, TimeUnit.SECONDS))
        .isInstanceOf(Exception.class)
        .hasMessageContaining("300");
  }

  @Test
  void isNotWaitedForWhenTheDriverIsLookedFor() {
    HostPort node = new HostPort("127.0.0.1", silent.getLocalPort());
    assertFailsItself(ClusterClient.connect(vertx, List.of(node, node), TIMEOUT));
  }

  @Test
  void isNotWaitedForWithOneCall() {
    SingleCalls calls = new SingleCalls(GrpcClient.client(vertx), address(), TIMEOUT);
    assertFailsItself(calls.get(get()));
  }

  @Test
  void isNotWaitedForWithAStream() {
    BatchedCalls calls = new BatchedCalls(vertx, GrpcClient.client(vertx), address(), TIMEOUT);
    assertFailsItself(calls.get(get()));
  }

  private static RawGetRequest get() {
    return RawGetRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).build();
  }
}
