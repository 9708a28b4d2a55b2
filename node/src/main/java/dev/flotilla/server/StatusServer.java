package dev.flotilla.server;

import dev.flotilla.security.Credentials;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP port for people and monitoring. It changes nothing.
 *
 * <p>A page that cannot be made in time, because the store is stuck or stopping, is answered 503.
 */
public final class StatusServer {
  private static final Logger LOG = LoggerFactory.getLogger(StatusServer.class);
  private static final int IDLE_SECONDS = 60;
  private static final long PATIENCE_SECONDS = 5;

  /** A store that does not answer for so long serves nobody, and others lead its regions. */
  private static final long TURN_SECONDS = 2;

  private static final String REGION = "/region/";
  private static final String JSON = "application/json";
  private static final List<String> PATHS =
      List.of("/status", "/ready", "/config", "/region/{id}", "/coprocessors", "/metrics");

  private final StatusSource source;
  private final HttpServer http;

  private StatusServer(Vertx vertx, Optional<Credentials> credentials, StatusSource source) {
    this.source = source;
    HttpServerOptions options = new HttpServerOptions().setIdleTimeout(IDLE_SECONDS);
    credentials.ifPresent(shown -> shown.protect(options));
    http = vertx.createHttpServer(options).requestHandler(this::answer);
  }

  /**
   * Listens.
   *
   * @param port 0 picks a free one
   * @param credentials protect the port, if given
   */
  public static Future<StatusServer> listen(
      Vertx vertx, String host, int port, Optional<Credentials> credentials, StatusSource source) {
    StatusServer server = new StatusServer(vertx, credentials, source);
    return server.http.listen(port, host).map(bound -> server);
  }

  /** The port that is listened on. */
  public int port() {
    return http.actualPort();
  }

  /** Stops listening. */
  public Future<Void> close() {
    return http.close();
  }

  private void answer(HttpServerRequest request) {
    if (!HttpMethod.GET.equals(request.method()) && !isHead(request)) {
      request.response().putHeader("Allow", "GET, HEAD");
      send(request, 405, problem("only GET and HEAD are known here"));
      return;
    }
    String path = request.path();
    switch (path) {
      case "/" -> send(request, 200, new JsonObject().put("paths", new JsonArray(PATHS)));
      case "/ready" -> ready(request);
      case "/config" -> send(request, 200, config());
      case "/coprocessors" ->
          send(request, 200, JSON, new JsonArray(source.coprocessors()).encodePrettily());
      case "/status" ->
          whenDone(request, source.status(), status -> send(request, 200, new JsonObject(status)));
      case "/metrics" ->
          whenDone(
              request,
              source.scrape(),
              text -> send(request, 200, "text/plain; version=0.0.4; charset=utf-8", text));
      default -> {
        if (path.startsWith(REGION)) {
          region(request, path.substring(REGION.length()));
        } else {
          send(request, 404, problem("there is no such page, see /"));
        }
      }
    }
  }

  /** Load balancers ask like this: they want the answer to a GET without its body. */
  private static boolean isHead(HttpServerRequest request) {
    return HttpMethod.HEAD.equals(request.method());
  }

  private JsonObject config() {
    JsonObject config = new JsonObject();
    source.config().forEach((section, values) -> config.put(section, new JsonObject(values)));
    return config;
  }

  private void ready(HttpServerRequest request) {
    source
        .isServing()
        .timeout(TURN_SECONDS, TimeUnit.SECONDS)
        .otherwise(false)
        .onSuccess(
            serving -> send(request, serving ? 200 : 503, new JsonObject().put("ready", serving)));
  }

  private void region(HttpServerRequest request, String text) {
    long id;
    try {
      id = Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      send(request, 400, problem("a region id is a number"));
      return;
    }
    whenDone(
        request,
        source.region(id),
        found ->
            found.ifPresentOrElse(
                region -> send(request, 200, RegionJson.of(region)),
                () -> send(request, 404, problem("this node has no replica of region " + text))));
  }

  private <T> void whenDone(HttpServerRequest request, Future<T> page, Consumer<T> send) {
    page.timeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .onSuccess(send::accept)
        .onFailure(
            failure -> {
              LOG.debug("{} failed", request.path(), failure);
              send(request, 503, problem(failure.toString()));
            });
  }

  private static JsonObject problem(String text) {
    return new JsonObject().put("error", text);
  }

  private static void send(HttpServerRequest request, int status, JsonObject body) {
    send(request, status, JSON, body.encodePrettily());
  }

  private static void send(HttpServerRequest request, int status, String type, String body) {
    if (!request.response().ended() && !request.response().closed()) {
      Buffer page = Buffer.buffer(body.endsWith("\n") ? body : body + "\n");
      HttpServerResponse response =
          request
              .response()
              .setStatusCode(status)
              .putHeader("Content-Type", type)
              .putHeader("Content-Length", Integer.toString(page.length()))
              .putHeader("Cache-Control", "no-store");
      (isHead(request) ? response.end() : response.end(page))
          .onFailure(gone -> LOG.debug("client of {} has gone", request.path(), gone));
    }
  }
}
