package dev.flotilla.verticle;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageCodec;

/**
 * The one message of the in-process event bus: your queue is no longer empty. What is in the queue
 * passes by reference; the bus itself has no limit, so nothing else goes over it.
 */
final class Wake {
  static final Wake UP = new Wake();

  private static final String CODEC = "wake";
  private static final DeliveryOptions LOCAL =
      new DeliveryOptions().setLocalOnly(true).setCodecName(CODEC);

  private Wake() {}

  /** Once for each Vert.x instance, before anything is deployed. */
  static void register(EventBus bus) {
    bus.registerCodec(new IdentityCodec());
  }

  static void send(EventBus bus, String address) {
    bus.send(address, UP, LOCAL);
  }

  /** Hands the same object over; it never meets a wire. */
  private static final class IdentityCodec implements MessageCodec<Wake, Wake> {
    @Override
    public void encodeToWire(Buffer buffer, Wake wake) {
      throw new IllegalStateException("a wake-up left the process");
    }

    @Override
    public Wake decodeFromWire(int position, Buffer buffer) {
      throw new IllegalStateException("a wake-up came from another process");
    }

    @Override
    public Wake transform(Wake wake) {
      return wake;
    }

    @Override
    public String name() {
      return CODEC;
    }

    @Override
    public byte systemCodecID() {
      return -1;
    }
  }
}
