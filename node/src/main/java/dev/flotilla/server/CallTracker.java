package dev.flotilla.server;

import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.Invariants;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls that one event loop has accepted and not answered.
 *
 * <p>Answers come from other threads, many at a time; they are carried over in bulk, with one
 * wake-up of the event loop for all that are there. The queue is bounded by the calls in flight.
 */
final class CallTracker {
  private static final Logger LOG = LoggerFactory.getLogger(CallTracker.class);
  private static final int CHUNK = 1024;
  private static final long SWEEP_MILLIS = 20;

  /** What a call takes beside its message, here and in the store; many messages are empty. */
  static final int CALL_BYTES = 1024;

  private record Answer(TrackedCall call, Runnable send) {}

  private final Context context;
  private final Clock clock;
  private final long bytesMax;

  /** Calls with the bytes of their requests. */
  private final Map<TrackedCall, Long> inFlight = new LinkedHashMap<>();

  private long inFlightBytes;
  private final UnsentAnswers unsent;
  private final MpscUnboundedArrayQueue<Answer> answers = new MpscUnboundedArrayQueue<>(CHUNK);
  private final AtomicBoolean woken = new AtomicBoolean();

  /** To be told once when the answers that are there have been sent. */
  private final List<Runnable> listeners = new ArrayList<>();

  private @Nullable Promise<Void> drained;

  /**
   * On the event loop.
   *
   * @param bytesMax bytes of calls that may be in flight, and of answers that may be unsent
   */
  CallTracker(Vertx vertx, Context context, Clock clock, long bytesMax) {
    this.context = context;
    this.clock = clock;
    this.bytesMax = bytesMax;
    this.unsent = new UnsentAnswers(bytesMax);
    vertx.setPeriodic(SWEEP_MILLIS, id -> sweep());
  }

  /** On the event loop, once a call. Returns whether there is room for a request so large. */
  boolean accept(TrackedCall call, long requestBytes) {
    long bytes = CALL_BYTES + requestBytes;
    if (inFlightBytes + bytes > bytesMax) {
      return false;
    }
    Long before = inFlight.put(call, bytes);
    Invariants.check(before == null, "a call was accepted twice");
    inFlightBytes += bytes;
    return true;
  }

  /** Any thread: the answers that have not left. */
  UnsentAnswers unsent() {
    return unsent;
  }

  /** Any thread: lets {@code send} run on the event loop. */
  void complete(TrackedCall call, Runnable send) {
    answers.add(new Answer(call, send));
    if (!AnswerBursts.includes(this)) {
      wake();
    }
  }

  /** Any thread: the answers that are there leave. */
  void wake() {
    if (woken.compareAndSet(false, true)) {
      context.runOnContext(ignored -> flush());
    }
  }

  /** On the event loop: lets {@code listener} run once, after the answers that are there now. */
  void afterAnswers(Runnable listener) {
    listeners.add(listener);
  }

  private void flush() {
    woken.set(false);
    for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
      Long bytes = inFlight.remove(answer.call());
      inFlightBytes -= bytes == null ? 0 : bytes;
      attempt(answer.send());
    }
    if (!listeners.isEmpty()) {
      List<Runnable> told = List.copyOf(listeners);
      listeners.clear();
      told.forEach(CallTracker::attempt);
    }
    if (drained != null && inFlight.isEmpty()) {
      drained.tryComplete();
    }
  }

  /** What one stream refuses must not hold up the answers behind it, which are other clients'. */
  private static void attempt(Runnable sending) {
    try {
      sending.run();
    } catch (RuntimeException e) {
      // Vert.x throws when the stream was reset and has not told us yet.
      LOG.warn("an answer could not be sent", e);
    }
  }

  private void sweep() {
    if (inFlight.isEmpty()) {
      return;
    }
    long now = clock.nanos();
    for (TrackedCall call : List.copyOf(inFlight.keySet())) {
      call.checkDeadline(now);
    }
  }

  /** On the event loop: completes {@code done} once nothing is in flight. */
  void drain(Promise<Void> done) {
    drained = done;
    flush();
  }

  int inFlight() {
    return inFlight.size();
  }
}
