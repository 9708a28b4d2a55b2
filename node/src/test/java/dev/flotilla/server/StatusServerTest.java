package dev.flotilla.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.raftstore.store.RegionStatus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the status port says of a store in each state; its pages are tested with a node. */
class StatusServerTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void aStoreThatServesIsReady() throws Exception {
    assertThat(ready(Future.succeededFuture(true))).isEqualTo(200);
  }

  @Test
  void aStoreThatStartsOrStopsIsNotReady() throws Exception {
    assertThat(ready(Future.succeededFuture(false))).isEqualTo(503);
    assertThat(ready(Future.failedFuture("the store is not running"))).isEqualTo(503);
  }

  /** As on a disk that does not answer. */
  @Test
  void aStoreThatStandsStillIsNotReady() throws Exception {
    assertThat(ready(Promise.<Boolean>promise().future())).isEqualTo(503);
  }

  private int ready(Future<Boolean> serving) throws Exception {
    StatusServer server =
        StatusServer.listen(vertx, "127.0.0.1", 0, Optional.empty(), new Source(serving)).await();
    URI page = URI.create("http://127.0.0.1:" + server.port() + "/ready");
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private record Source(Future<Boolean> isServing) implements StatusSource {
    @Override
    public Future<Map<String, Object>> status() {
      return Future.succeededFuture(Map.of());
    }

    @Override
    public Map<String, Map<String, Object>> config() {
      return Map.of();
    }

    @Override
    public Future<Optional<RegionStatus>> region(long regionId) {
      return Future.succeededFuture(Optional.empty());
    }

    @Override
    public List<Map<String, Object>> coprocessors() {
      return List.of();
    }

    @Override
    public Future<String> scrape() {
      return Future.succeededFuture("");
    }
  }
}
