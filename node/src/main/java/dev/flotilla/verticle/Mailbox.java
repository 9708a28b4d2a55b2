package dev.flotilla.verticle;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jctools.queues.MpscChunkedArrayQueue;
import org.jctools.queues.MpscUnboundedArrayQueue;

/**
 * A bounded queue with many producers and one consumer, which is woken by the first who calls and
 * not again until it has looked.
 *
 * <p>A wake-up costs the consumer a turn, and a turn costs the same for one message as for many. So
 * who has several, or one that can wait, leaves them in the queue and calls once, or lets another
 * call.
 *
 * @param <T> kind of message
 */
final class Mailbox<T> {
  private static final int CHUNK = 256;

  private enum Consumer {
    ASLEEP,
    AWAKE,
    /** Awake, and called since it last began to look: it must look again. */
    CALLED
  }

  private final MpscChunkedArrayQueue<T> queue;

  /** Few, and each bounded by what it speaks of: one for a region, a worker or a request. */
  private final MpscUnboundedArrayQueue<T> significant = new MpscUnboundedArrayQueue<>(CHUNK);

  /** Awake at first: a wake-up would find nobody until the consumer has come to listen. */
  private final AtomicReference<Consumer> consumer = new AtomicReference<>(Consumer.AWAKE);

  /** Set before the consumer first sleeps, and called only by who has seen it asleep. */
  private Runnable wakeUp = () -> {};

  private volatile boolean closed;

  /** Consumer: whether the last look may have left something. */
  private boolean more;

  /**
   * @param capacity messages beyond which {@link #leave} refuses; rounded up to a power of two
   */
  Mailbox(int capacity) {
    this.queue = new MpscChunkedArrayQueue<>(Math.min(CHUNK, capacity / 2), capacity);
  }

  /**
   * Consumer, once: it is there, and awake.
   *
   * @param wakeUp any thread; lets the consumer run
   */
  void open(Runnable wakeUp) {
    this.wakeUp = wakeUp;
  }

  /** Any thread. Leaves a message and calls; returns false when the queue is full or closed. */
  boolean offer(T message) {
    if (!leave(message)) {
      return false;
    }
    call();
    return true;
  }

  /** Any thread. As {@link #offer}, for messages that must not be lost; false only when closed. */
  boolean offerSignificant(T message) {
    if (!leaveSignificant(message)) {
      return false;
    }
    call();
    return true;
  }

  /**
   * Any thread. Leaves a message for the consumer's next look, whatever it is that wakes it.
   *
   * @return false when the queue is full or closed
   */
  boolean leave(T message) {
    return !closed && queue.offer(message);
  }

  /** Any thread. As {@link #leave}, for messages that must not be lost; false only when closed. */
  boolean leaveSignificant(T message) {
    return !closed && significant.offer(message);
  }

  /** Any thread: the consumer looks, now or soon, at everything that was left before. */
  void call() {
    while (true) {
      Consumer seen = consumer.get();
      if (seen == Consumer.CALLED) {
        return;
      }
      if (consumer.compareAndSet(
          seen, seen == Consumer.ASLEEP ? Consumer.AWAKE : Consumer.CALLED)) {
        if (seen == Consumer.ASLEEP) {
          wakeUp.run();
        }
        return;
      }
    }
  }

  /** Consumer: it was woken and is about to look. */
  void rise() {
    consumer.set(Consumer.AWAKE);
  }

  /** Consumer: moves at most {@code max} messages to {@code out}, significant ones first. */
  void drain(List<T> out, int max) {
    int taken = significant.drain(out::add, max);
    taken += queue.drain(out::add, max - taken);
    more = taken == max;
  }

  /** Consumer: it listens and has drained what it wanted; wakes it again when there is more. */
  void sleep() {
    if (more || !consumer.compareAndSet(Consumer.AWAKE, Consumer.ASLEEP)) {
      wakeUp.run();
    }
  }

  /** Any thread: whether at least {@code count} messages wait that {@link #leave} took. */
  boolean hasQueued(int count) {
    return queue.size() >= count;
  }

  /** Messages waiting, roughly. */
  int size() {
    return queue.size() + significant.size();
  }

  /** Consumer: from now on nothing is taken and nobody woken; what is inside can be drained. */
  void close() {
    closed = true;
    rise();
  }
}
