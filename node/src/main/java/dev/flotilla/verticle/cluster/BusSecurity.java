package dev.flotilla.verticle.cluster;

import dev.flotilla.config.HostPort;
import dev.flotilla.security.Credentials;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.lang.reflect.Field;
import java.util.Set;

/**
 * Mutual TLS on the event bus, which passes its options on as JSON: files get through, managers of
 * keys and trust that take in replaced files do not. So it starts with the files at a port that
 * nobody knows, trusting nobody else. Then it is given a port with the managers, and the managers
 * for the connections that it opens, before anything is sent.
 *
 * <p>With {@link SenderStamp} the only user of how Vert.x builds its bus. Another version that does
 * it otherwise fails here, at the start.
 */
final class BusSecurity {
  private BusSecurity() {}

  /** Has the bus start encrypted. Nobody but ourselves is believed before {@link #open}. */
  static void close(EventBusOptions bus, Credentials credentials) {
    bus.setPort(0)
        .setSsl(true)
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

  /**
   * Lets in, and calls, those whom {@code credentials} believe at that moment. Each message says
   * from then on who sent it.
   *
   * @param silenceSeconds after which a connection that brings nothing is closed
   */
  static Future<Void> open(
      Vertx vertx, HostPort listen, Credentials credentials, int silenceSeconds) {
    EventBus bus = vertx.eventBus();
    Field server = field(bus, "server", NetServer.class);
    NetServer first = value(server, bus, NetServer.class);
    NetClient client = value(field(bus, "client", NetClient.class), bus, NetClient.class);
    NetServerOptions options = new NetServerOptions().setTcpNoDelay(true);
    options.setReadIdleTimeout(silenceSeconds);
    credentials.protect(options);
    options.setUseAlpn(false);
    return vertx
        .createNetServer(options)
        .connectHandler(new SenderStamp().on(first.connectHandler()))
        .listen(listen.port(), listen.host())
        .onSuccess(opened -> replace(server, bus, opened))
        .compose(opened -> client.updateSSLOptions(credentials.clientOptions()))
        .compose(updated -> first.close());
  }

  private static Field field(EventBus bus, String name, Class<?> type) {
    try {
      Field field = bus.getClass().getDeclaredField(name);
      if (!type.isAssignableFrom(field.getType())) {
        throw new NoSuchFieldException(name + " is a " + field.getType());
      }
      field.setAccessible(true);
      return field;
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw another(e);
    }
  }

  private static <T> T value(Field field, EventBus bus, Class<T> type) {
    try {
      return type.cast(field.get(bus));
    } catch (IllegalAccessException e) {
      throw another(e);
    }
  }

  /** The bus closes what it holds. */
  private static void replace(Field server, EventBus bus, NetServer opened) {
    try {
      server.set(bus, opened);
    } catch (IllegalAccessException | IllegalArgumentException e) {
      throw another(e);
    }
  }

  private static IllegalStateException another(Exception cause) {
    return new IllegalStateException("this version of Vert.x has another event bus", cause);
  }
}
