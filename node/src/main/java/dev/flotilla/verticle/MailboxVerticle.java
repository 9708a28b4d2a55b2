package dev.flotilla.verticle;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.List;

/**
 * A worker that handles what is in its mailbox, a batch at a time. Deploy on a worker pool of its
 * own with one thread: it blocks on the engine.
 *
 * @param <T> kind of message
 */
abstract class MailboxVerticle<T> extends VerticleBase {
  private final String address;
  private final Mailbox<T> mailbox;
  private final int batchMax;
  private final FaultHandler faults;
  private List<T> batch = new ArrayList<>();

  MailboxVerticle(String address, Mailbox<T> mailbox, int batchMax, FaultHandler faults) {
    this.address = address;
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
    return vertx
        .eventBus()
        .<Wake>localConsumer(address, wake -> onWake())
        .completion()
        // What came before anyone listened woke nobody.
        .onSuccess(listening -> context.runOnContext(ignored -> onWake()));
  }

  private void onWake() {
    mailbox.rise();
    handleWaiting();
    mailbox.sleep();
  }

  /** On the worker's thread: handles {@code message}, and with it what waits. */
  final void handleNow(T message) {
    batch.add(message);
    handleWaiting();
  }

  /** Whatever is thrown is a fault. */
  private void handleWaiting() {
    mailbox.drain(batch, batchMax);
    try {
      handle(batch);
    } catch (Throwable fault) {
      faults.onFault(address, fault);
    }
    batch.clear();
  }

  /** Handles what was taken before the mailbox closed, then closes. */
  @Override
  public Future<?> stop() {
    mailbox.close();
    do {
      handleWaiting();
    } while (mailbox.size() > 0);
    close();
    return Future.succeededFuture();
  }
}
