package dev.flotilla.verticle.cluster;

import dev.flotilla.security.Credentials;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.lang.reflect.Field;
import java.util.Set;

/**
 * Mutual TLS on the event bus, which passes its options on as JSON: files get through, managers of
 * keys and trust that take in replaced files do not. So it starts with the files, trusting nobody
 * else, and is given the managers before anything is sent.
 *
 * <p>The only user of how Vert.x builds its bus. Another version that does it otherwise fails here,
 * at the start.
 */
final class BusSecurity {
  private BusSecurity() {}

  /** Has the bus start encrypted. Nobody but ourselves is believed before {@link #open}. */
  static void close(EventBusOptions bus, Credentials credentials) {
    bus.setSsl(true)
        .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
        .setKeyCertOptions(
            new PemKeyCertOptions()
                .setCertPath(credentials.certificateFile().toAbsolutePath().toString())
                .setKeyPath(credentials.keyFile().toAbsolutePath().toString()))
        .setTrustOptions(
            new PemTrustOptions().addCertValue(Buffer.buffer(credentials.certificate())))
        // Its default is true.
        .setTrustAll(false)
        .setClientAuth(ClientAuth.REQUIRED);
  }

  /** Lets in, and calls, those whom {@code credentials} believe at that moment. */
  static Future<Void> open(Vertx vertx, Credentials credentials) {
    NetServer server = part(vertx.eventBus(), "server", NetServer.class);
    NetClient client = part(vertx.eventBus(), "client", NetClient.class);
    return server
        .updateSSLOptions(credentials.serverOptions())
        .compose(done -> client.updateSSLOptions(credentials.clientOptions()))
        .mapEmpty();
  }

  private static <T> T part(EventBus bus, String name, Class<T> type) {
    try {
      Field field = bus.getClass().getDeclaredField(name);
      field.setAccessible(true);
      return type.cast(field.get(bus));
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalStateException("this version of Vert.x has another event bus", e);
    }
  }
}
