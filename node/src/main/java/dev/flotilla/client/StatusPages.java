package dev.flotilla.client;

import dev.flotilla.security.Credentials;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;

/** Pages of nodes' status ports. */
public final class StatusPages {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final HttpClient http;
  private final String scheme;

  /**
   * @param credentials encrypt all connections, if given
   */
  public StatusPages(Optional<Credentials> credentials) {
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(TIMEOUT);
    credentials.ifPresent(shown -> builder.sslContext(shown.context()));
    this.http = builder.build();
    this.scheme = credentials.isPresent() ? "https://" : "http://";
  }

  /**
   * Reads a page, whatever its status.
   *
   * @param address of the port
   * @param path with its slash
   */
  public String read(String address, String path) throws IOException, InterruptedException {
    try {
      return http.send(request(address, path), BodyHandlers.ofString()).body();
    } catch (ConnectException refused) {
      // It has no words of its own.
      throw new IOException("nobody answers on " + address, refused);
    }
  }

  /** As {@link #read}, later. */
  public Future<String> ask(String address, String path) {
    return Future.fromCompletionStage(
            http.sendAsync(request(address, path), BodyHandlers.ofString()))
        .map(HttpResponse::body);
  }

  private HttpRequest request(String address, String path) {
    return HttpRequest.newBuilder(URI.create(scheme + address + path)).timeout(TIMEOUT).build();
  }
}
