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
    mailbox.drain(batch, batchMax);
    run(batch);
    batch.clear();
    mailbox.sleep();
  }

  /** Handles {@code messages}; whatever is thrown is a fault. */
  final void run(List<T> messages) {
    try {
      handle(messages);
    } catch (Throwable fault) {
      faults.onFault(address, fault);
    }
  }

  /** Handles what was taken before the mailbox closed, then closes. */
  @Override
  public Future<?> stop() {
    mailbox.close();
    do {
      batch.clear();
      mailbox.drain(batch, batchMax);
      run(batch);
    } while (!batch.isEmpty());
    close();
    return Future.succeededFuture();
  }
}
