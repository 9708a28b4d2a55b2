package dev.flotilla.server;

import com.google.protobuf.MessageLite;
import dev.flotilla.raftstore.Refusal;
import io.vertx.core.Future;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServerResponse;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One unary call, answered once, whoever comes first: the operation on any thread, or the deadline
 * on the event loop.
 *
 * @param <R> response message
 */
final class UnaryCall<R extends MessageLite> implements ServedCall<R>, TrackedCall, PdReply<R> {
  /** Of an error, in characters, each of which may take nine in a header. */
  private static final int WORDS_MAX = 512;

  private final GrpcServerResponse<?, R> response;
  private final CallTracker tracker;
  private final Refusals<R> refusals;
  private final Timing timing;
  private final long deadlineNanos;
  private final AtomicBoolean answered = new AtomicBoolean();

  /** Event loop: the one message of the call has come. */
  private boolean asked;

  /** Event loop: the client has gone or cancelled; the stream takes nothing any more. */
  private boolean gone;

  UnaryCall(
      GrpcServerResponse<?, R> response,
      CallTracker tracker,
      Refusals<R> refusals,
      Timing timing,
      long deadlineNanos) {
    this.response = response;
    this.tracker = tracker;
    this.refusals = refusals;
    this.timing = timing;
    this.deadlineNanos = deadlineNanos;
  }

  /** Told once how the call ended. */
  @FunctionalInterface
  interface Timing {
    void onAnswered(String outcome);
  }

  /**
   * How one kind of call tells refusals.
   *
   * @param <R> response message
   */
  interface Refusals<R extends MessageLite> {
    /** A region error. */
    R region(dev.flotilla.proto.errorpb.Error error);

    /** An error in words, or null when the response has no place for one. */
    default @org.jspecify.annotations.Nullable R text(String text) {
      return null;
    }
  }

  /**
   * Event loop: a message has come, or none will. Returns whether it is to be served: a call takes
   * one message, and nobody waits for an answer to a call that was abandoned.
   */
  boolean ask() {
    if (asked) {
      fail(GrpcStatus.INVALID_ARGUMENT, "the call takes one message");
      return false;
    }
    asked = true;
    return !answered.get();
  }

  /** Event loop: the client will send nothing more. */
  void askedAll() {
    if (!asked) {
      fail(GrpcStatus.INVALID_ARGUMENT, "the call takes a message");
    }
  }

  @Override
  public boolean isAbandoned() {
    return answered.get();
  }

  @Override
  public boolean hasRoom() {
    return tracker.unsent().hasRoom();
  }

  @Override
  public void done(R message) {
    answer("ok", message);
  }

  private void answer(String outcome, R message) {
    if (answered.compareAndSet(false, true)) {
      timing.onAnswered(outcome);
      tracker.unsent().add(message.getSerializedSize());
      tracker.complete(this, () -> send(message));
    }
  }

  private void send(R message) {
    Future<Void> written = Future.succeededFuture();
    try {
      if (!gone) {
        written = response.end(message);
      }
    } finally {
      tracker.unsent().leaves(written, message.getSerializedSize());
    }
  }

  @Override
  public void refused(Refusal refusal) {
    if (refusal instanceof Refusal.Invalid) {
      fail(GrpcStatus.INVALID_ARGUMENT, refusal.text());
    } else if (refusal instanceof Refusal.Rejected) {
      rejected(refusal.text());
    } else {
      answer("region_error", refusals.region(RegionErrors.of(refusal)));
    }
  }

  @Override
  public void rejected(String text) {
    R told = refusals.text(text);
    if (told != null) {
      answer("rejected", told);
    } else {
      fail(GrpcStatus.PERMISSION_DENIED, text);
    }
  }

  @Override
  public void fail(GrpcStatus status, String message) {
    if (answered.compareAndSet(false, true)) {
      timing.onAnswered(status.name().toLowerCase(Locale.ROOT));
      tracker.complete(this, () -> send(status, message));
    }
  }

  private void send(GrpcStatus status, String message) {
    if (!gone) {
      // Clients take headers of some 8 KiB, and a call whose words are longer is broken off.
      String words =
          message.length() <= WORDS_MAX ? message : message.substring(0, WORDS_MAX) + " ...";
      response.status(status).statusMessage(words).end();
    }
  }

  /** Event loop: nobody waits for an answer any more. */
  void abandon() {
    gone = true;
    if (answered.compareAndSet(false, true)) {
      timing.onAnswered("abandoned");
      tracker.complete(this, () -> {});
    }
  }

  @Override
  public void checkDeadline(long nowNanos) {
    if (deadlineNanos != 0 && nowNanos - deadlineNanos >= 0) {
      fail(GrpcStatus.DEADLINE_EXCEEDED, "deadline exceeded");
    }
  }
}
