package dev.flotilla.server;

import dev.flotilla.connection.RawHttp2;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.kv.RawKv;
import dev.flotilla.kv.RegionSplits;
import dev.flotilla.security.StoreNames;
import dev.flotilla.verticle.SystemClock;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When the server cuts a connection, and when it does not. */
class ConnectionsTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void aConnectionWithoutTrafficIsClosed() throws Exception {
    int port = serve(Duration.ofMillis(200), 16);
    CompletableFuture<Void> closed = new CompletableFuture<>();
    vertx
        .createNetClient()
        .connect(port, "127.0.0.1")
        .onSuccess(socket -> socket.closeHandler(end -> closed.complete(null)));
    closed.get(20, TimeUnit.SECONDS);
  }

  /** Deadlines that pass while a node stands still are no attack. */
  @Test
  void aClientMayGiveUpAllItsCallsAtOnce() throws Exception {
    int port = serve(Duration.ofMinutes(1), 400);
    RawHttp2 client = new RawHttp2();
    for (int call = 0; call < 400; call++) {
      client.call(1 + 2 * call).giveUp(1 + 2 * call);
    }
    client.call(801).untilAnswered(vertx, port, 801).get(20, TimeUnit.SECONDS);
  }

  /** A server; its port. */
  private int serve(Duration idleTimeout, int concurrentStreamsMax) throws Exception {
    ServerOptions options =
        new ServerOptions(
            "127.0.0.1",
            0,
            Optional.empty(),
            1 << 20,
            1 << 24,
            concurrentStreamsMax,
            idleTimeout,
            Duration.ZERO);
    RawKv kv =
        new RawKv(
            msg -> false,
            task -> false,
            CoprocessorHost.withBuiltIns(),
            new SystemClock(),
            1 << 20);
    ServerVerticle server =
        new ServerVerticle(
            options,
            new ServerVerticle.Services(
                kv,
                new RegionSplits(msg -> false),
                new NoPlacement(),
                new SnapReceiver(1, true, new StoreNames(false)),
                new ImportFolder(Path.of("unused"), 1 << 20, () -> true, new SystemClock()),
                () -> true,
                new SystemClock(),
                (method, outcome, took) -> {}));
    vertx.deployVerticle(server).await(10, TimeUnit.SECONDS);
    return server.actualPort();
  }
}
