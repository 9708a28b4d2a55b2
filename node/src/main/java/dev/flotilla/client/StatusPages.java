package dev.flotilla.client;

import dev.flotilla.security.Credentials;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
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
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(scheme + address + path)).timeout(TIMEOUT).build();
    return http.send(request, BodyHandlers.ofString()).body();
  }
}
