package dev.flotilla.verticle;

import java.util.List;
import java.util.function.Consumer;

/**
 * Runs one kind of background job.
 *
 * @param <T> the job as data
 */
final class TaskVerticle<T> extends MailboxVerticle<T> {
  private final Consumer<List<T>> runner;

  TaskVerticle(
      String name,
      Consumer<List<T>> runner,
      Mailbox<T> mailbox,
      int batchMax,
      FaultHandler faults) {
    super(name, mailbox, batchMax, faults);
    this.runner = runner;
  }

  @Override
  void handle(List<T> tasks) {
    if (!tasks.isEmpty()) {
      runner.accept(tasks);
    }
  }
}
