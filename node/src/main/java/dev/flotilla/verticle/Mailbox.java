package dev.flotilla.verticle;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jctools.queues.MpscChunkedArrayQueue;
import org.jctools.queues.MpscUnboundedArrayQueue;

/**
 * A bounded queue with many producers and one consumer, which is woken when the queue turns
 * non-empty and not again until it has looked.
 *
 * @param <T> kind of message
 */
final class Mailbox<T> {
  private static final int CHUNK = 256;

  private final MpscChunkedArrayQueue<T> queue;

  /** Few, and each bounded by what it speaks of: one for a region, a worker or a request. */
  private final MpscUnboundedArrayQueue<T> significant = new MpscUnboundedArrayQueue<>(CHUNK);

  /** True at first: a wake-up would find nobody until the consumer has come to listen. */
  private final AtomicBoolean awake = new AtomicBoolean(true);

  private final Runnable wakeUp;
  private volatile boolean closed;

  /**
   * @param capacity messages beyond which {@link #offer} refuses; rounded up to a power of two
   * @param wakeUp any thread; lets the consumer run
   */
  Mailbox(int capacity, Runnable wakeUp) {
    this.queue = new MpscChunkedArrayQueue<>(Math.min(CHUNK, capacity / 2), capacity);
    this.wakeUp = wakeUp;
  }

  /** Any thread. Returns false when the queue is full or closed. */
  boolean offer(T message) {
    if (closed || !queue.offer(message)) {
      return false;
    }
    wake();
    return true;
  }

  /** Any thread. As {@link #offer}, for messages that must not be lost; false only when closed. */
  boolean offerSignificant(T message) {
    if (closed) {
      return false;
    }
    significant.offer(message);
    wake();
    return true;
  }

  private void wake() {
    if (awake.compareAndSet(false, true)) {
      wakeUp.run();
    }
  }

  /** Consumer: moves at most {@code max} messages to {@code out}, significant ones first. */
  void drain(List<T> out, int max) {
    int taken = significant.drain(out::add, max);
    queue.drain(out::add, max - taken);
  }

  /** Consumer: it listens and has drained what it wanted; wakes it again when there is more. */
  void sleep() {
    awake.set(false);
    if (!queue.isEmpty() || !significant.isEmpty()) {
      wake();
    }
  }

  /** Messages waiting, roughly. */
  int size() {
    return queue.size() + significant.size();
  }

  /** From now on nothing is taken; what is inside can still be drained. */
  void close() {
    closed = true;
  }
}
