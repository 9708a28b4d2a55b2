package dev.flotilla.verticle.cluster;

import dev.flotilla.security.Sender;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.impl.clustered.ClusteredMessage;
import io.vertx.core.net.NetSocket;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;

/**
 * Writes on each message that comes from another node which names the certificate of its connection
 * has: the event bus itself forgets the connection before anyone sees the message. What the sender
 * wrote there is overwritten.
 *
 * <p>With {@link BusSecurity} the only user of how Vert.x builds its bus.
 */
final class SenderStamp {
  private static final String NAMES = "f.sender";

  /** The bus's reader of one connection, which gives what it has read to a handler. */
  private static final String READER = "io.vertx.core.eventbus.impl.clustered.InboundConnection";

  private final Field output;

  /**
   * @throws IllegalStateException when this version of Vert.x has another event bus
   */
  SenderStamp() {
    try {
      output = Class.forName(READER).getDeclaredField("handler");
      output.setAccessible(true);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalStateException("this version of Vert.x has another event bus", e);
    }
  }

  /** Does what {@code accept} does with a connection, and has what comes over it stamped. */
  Handler<NetSocket> on(Handler<NetSocket> accept) {
    return socket -> {
      Sender sender = Sender.of(socket.sslSession());
      accept.handle(
          (NetSocket)
              Proxy.newProxyInstance(
                  NetSocket.class.getClassLoader(),
                  new Class<?>[] {NetSocket.class},
                  (proxy, method, arguments) -> {
                    if (method.getName().equals("handler") && arguments[0] != null) {
                      stamp(arguments[0], sender.names());
                    }
                    try {
                      return method.invoke(socket, arguments);
                    } catch (InvocationTargetException e) {
                      throw e.getCause();
                    }
                  }));
    };
  }

  @SuppressWarnings("unchecked") // the field's type, which is not public
  private void stamp(Object reader, List<String> names) throws IllegalAccessException {
    Handler<ClusteredMessage<?, ?>> deliver = (Handler<ClusteredMessage<?, ?>>) output.get(reader);
    Handler<ClusteredMessage<?, ?>> stamped =
        message -> {
          message.headers().remove(NAMES).add(NAMES, names);
          deliver.handle(message);
        };
    output.set(reader, stamped);
  }

  /**
   * Who sent a message: this node, or whoever the stamp names. Nobody where connections are not
   * encrypted.
   */
  static Sender of(Message<Buffer> message) {
    return message instanceof ClusteredMessage<?, ?> clustered && clustered.isFromWire()
        ? Sender.named(message.headers().getAll(NAMES))
        : Sender.SELF;
  }
}
