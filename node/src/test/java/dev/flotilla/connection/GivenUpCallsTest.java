package dev.flotilla.connection;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GivenUpCallsTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  /** As a client does whose deadline has passed, while the answer waits to leave. */
  @Test
  void aCallThatIsGivenUpCostsTheOthersNothing() throws Exception {
    HttpServer server =
        vertx
            .createHttpServer()
            .connectionHandler(FlushBatching::install)
            .requestHandler(GivenUpCallsTest::answer);
    server.listen(0, "127.0.0.1").await(10, TimeUnit.SECONDS);
    new RawHttp2()
        .call(1)
        .giveUp(1)
        .call(3)
        .untilAnswered(vertx, server.actualPort(), 3)
        .get(20, TimeUnit.SECONDS);
  }

  /** A message and trailers, like those of gRPC. */
  private static void answer(HttpServerRequest request) {
    request.response().setChunked(true).putTrailer("grpc-status", "0").write("answer");
    request.response().end();
  }
}
