package dev.flotilla.verticle;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A worker that handles what is in its mailbox, a batch at a time. Deploy on a worker pool of its
 * own with one thread: it blocks on the engine.
 *
 * @param <T> kind of message
 */
abstract class MailboxVerticle<T> extends VerticleBase {
  private final String name;
  private final Mailbox<T> mailbox;
  private final int batchMax;
  private final FaultHandler faults;
  private final List<T> batch = new ArrayList<>();

  /** Those that are set; on the worker's thread. */
  private final Set<Long> timers = new HashSet<>();

  private boolean stopped;

  /**
   * @param name what a fault is said to be of
   */
  MailboxVerticle(String name, Mailbox<T> mailbox, int batchMax, FaultHandler faults) {
    this.name = name;
    this.mailbox = mailbox;
    this.batchMax = batchMax;
    this.faults = faults;
  }

  /** Handles one batch, oldest first; on the worker's thread. */
  abstract void handle(List<T> messages);

  /** Answers everyone who still waits; nothing is handled afterwards. */
  void close() {}

  @Override
  public Future<?> start() {
    // Not by the event bus: its way to a worker of the same process is longer, and costs each turn.
    mailbox.open(() -> context.runOnContext(ignored -> onWake()));
    // What came before woke nobody.
    context.runOnContext(ignored -> onWake());
    return Future.succeededFuture();
  }

  /**
   * On the worker's thread: from now on runs {@code task} there each {@code millis}, until the
   * stop.
   *
   * <p>Each timer is set when the one before has fired, so that two runs are never closer than
   * that.
   */
  final void every(long millis, Runnable task) {
    long timer =
        vertx.setTimer(
            millis,
            id -> {
              if (timers.remove(id)) {
                every(millis, task);
                task.run();
              }
            });
    timers.add(timer);
  }

  private void onWake() {
    if (!stopped) {
      mailbox.rise();
      handleWaiting();
      mailbox.sleep();
    }
  }

  /** On the worker's thread: handles {@code message}, and with it what waits. */
  final void handleNow(T message) {
    if (!stopped) {
      batch.add(message);
      handleWaiting();
    }
  }

  /**
   * Any thread: answers {@code question} on the worker's thread, between two turns; with what it
   * throws, if that does not stop the process.
   *
   * @param isFault whether what was thrown is more than that question's own failure
   */
  final <R> Future<R> answer(Supplier<R> question, Predicate<Throwable> isFault) {
    Promise<R> answer = Promise.promise();
    context.runOnContext(
        ignored -> {
          R found;
          try {
            found = question.get();
          } catch (Throwable thrown) {
            fail(answer, thrown, isFault.test(thrown));
            return;
          }
          answer.complete(found);
        });
    return answer.future();
  }

  private void fail(Promise<?> answer, Throwable thrown, boolean fault) {
    try {
      if (fault) {
        faults.onFault(name, thrown);
      }
    } finally {
      answer.fail(thrown);
    }
  }

  /** Whatever is thrown is a fault. */
  private void handleWaiting() {
    mailbox.drain(batch, batchMax);
    try {
      handle(batch);
    } catch (Throwable fault) {
      faults.onFault(name, fault);
    }
    batch.clear();
  }

  /**
   * Handles what was taken before the mailbox closed, then closes; completes when its thread has
   * nothing else to do: if Vert.x finds work when it takes the thread away, the thread ends with an
   * exception.
   */
  @Override
  public Future<?> stop() {
    timers.forEach(vertx::cancelTimer);
    timers.clear();
    mailbox.close();
    do {
      handleWaiting();
    } while (mailbox.size() > 0);
    close();
    stopped = true;
    Promise<Void> last = Promise.promise();
    // By a timer: one that was cancelled too late fires before it, on the same event loop.
    vertx.setTimer(1, id -> last.complete());
    return last.future();
  }
}
