package dev.flotilla.server;

import com.google.protobuf.MessageLite;
import dev.flotilla.proto.tikvpb.BatchCommandsResponse.Response;
import dev.flotilla.raftstore.Refusal;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One command of a batch, answered once, on any thread.
 *
 * @param <P> request message of its kind
 * @param <R> response message of its kind
 */
final class BatchCommand<P extends MessageLite, R extends MessageLite>
    implements ServedCall<R>, TrackedCall {
  private final BatchStream stream;
  private final long id;
  private final BatchKinds.Kind<P, R> kind;
  private final CallTracker tracker;
  private final UnaryCall.Timing timing;
  private final AtomicBoolean answered = new AtomicBoolean();

  BatchCommand(
      BatchStream stream,
      long id,
      BatchKinds.Kind<P, R> kind,
      CallTracker tracker,
      UnaryCall.Timing timing) {
    this.stream = stream;
    this.id = id;
    this.kind = kind;
    this.tracker = tracker;
    this.timing = timing;
  }

  @Override
  public boolean isAbandoned() {
    return stream.isOver();
  }

  @Override
  public boolean hasRoom() {
    return tracker.unsent().hasRoom();
  }

  @Override
  public void done(R message) {
    answer("ok", message);
  }

  @Override
  public void refused(Refusal refusal) {
    if (refusal instanceof Refusal.Invalid) {
      answer("invalid_argument", kind.words().apply(refusal.text()));
    } else if (refusal instanceof Refusal.Rejected) {
      rejected(refusal.text());
    } else {
      answer("region_error", kind.method().region(RegionErrors.of(refusal)));
    }
  }

  @Override
  public void rejected(String text) {
    answer("rejected", kind.words().apply(text));
  }

  private void answer(String outcome, R message) {
    if (answered.compareAndSet(false, true)) {
      timing.onAnswered(outcome);
      Response.Builder builder = Response.newBuilder();
      kind.put().accept(builder, message);
      Response response = builder.build();
      tracker.unsent().add(response.getSerializedSize());
      tracker.complete(this, () -> stream.answer(id, response));
    }
  }

  /** A command has no deadline of its own. */
  @Override
  public void checkDeadline(long nowNanos) {}
}
