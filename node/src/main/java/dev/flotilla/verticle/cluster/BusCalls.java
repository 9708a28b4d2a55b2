package dev.flotilla.verticle.cluster;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import dev.flotilla.security.Sender;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;

/**
 * Requests and answers between nodes over the event bus. Each request has a time limit of its own:
 * the bus would wait long for a node that is gone.
 */
public final class BusCalls {
  private static final String METHOD = "m";

  /** gRPC's number for a method that is not there. */
  static final int UNIMPLEMENTED = 12;

  /** gRPC's number for one who may not do what he asked for. */
  public static final int PERMISSION_DENIED = 7;

  private final BusLoop loop;
  private final Duration timeout;

  /**
   * @param loop what sends
   * @param timeout how long to wait for an answer
   */
  public BusCalls(BusLoop loop, Duration timeout) {
    this.loop = loop;
    this.timeout = timeout;
  }

  /** Where the answer to a request goes; one method is called, once, on any thread. */
  interface Reply {
    void done(byte[] response);

    /**
     * Says no.
     *
     * @param status number of a gRPC status
     */
    void fail(int status, String message);
  }

  /** Answers requests; on an event loop, must not block. */
  @FunctionalInterface
  interface Handler {
    void handle(Sender sender, String method, byte[] request, Reply reply);
  }

  /** What came back, and who sent it. */
  record Answered(Sender sender, Buffer content) {}

  /**
   * Asks; fails when nobody answers in time, or the answer is a failure. The future completes in
   * the caller's context.
   */
  Future<Answered> ask(String address, String method, byte[] request) {
    DeliveryOptions options =
        new DeliveryOptions().addHeader(METHOD, method).setSendTimeout(timeout.toMillis());
    return loop.ask(
        bus ->
            bus.<Buffer>request(address, Buffer.buffer(request), options)
                .map(answer -> new Answered(SenderStamp.of(answer), answer.body())));
  }

  /** What {@code bytes} say; fails when they cannot be read. */
  static <M> Future<M> parsed(byte[] bytes, Parser<M> parser) {
    try {
      return Future.succeededFuture(parser.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      return Future.failedFuture(e);
    }
  }

  /** Tells, without an answer; nothing says whether it arrived. */
  void tell(String address, String method, byte[] message) {
    DeliveryOptions options = new DeliveryOptions().addHeader(METHOD, method);
    loop.tell(bus -> bus.send(address, Buffer.buffer(message), options));
  }

  /** Tells everyone who listens, this node included. */
  void tellAll(String address, byte[] message) {
    loop.tell(bus -> bus.publish(address, Buffer.buffer(message), new DeliveryOptions()));
  }

  /** Begins to answer requests to {@code address}. */
  Future<MessageConsumer<Buffer>> serve(String address, Handler handler) {
    MessageConsumer<Buffer> consumer =
        loop.bus().consumer(address, message -> onMessage(message, handler));
    return consumer.completion().map(done -> consumer);
  }

  private void onMessage(Message<Buffer> message, Handler handler) {
    String method = message.headers().get(METHOD);
    handler.handle(
        SenderStamp.of(message),
        method == null ? "" : method,
        message.body().getBytes(),
        new Reply() {
          @Override
          public void done(byte[] response) {
            loop.tell(bus -> message.reply(Buffer.buffer(response)));
          }

          @Override
          public void fail(int status, String text) {
            loop.send(bus -> message.fail(status, text));
          }
        });
  }
}
