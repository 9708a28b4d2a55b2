package dev.flotilla.verticle;

import dev.flotilla.raftstore.apply.ApplyRunner;
import dev.flotilla.raftstore.apply.ApplyTask;
import java.util.List;

/** Runs one apply worker. */
final class ApplyVerticle extends MailboxVerticle<ApplyTask> {
  private static final int BATCH_MAX = 256;

  private final ApplyRunner runner;

  ApplyVerticle(String name, ApplyRunner runner, Mailbox<ApplyTask> mailbox, FaultHandler faults) {
    super(name, mailbox, BATCH_MAX, faults);
    this.runner = runner;
  }

  @Override
  void handle(List<ApplyTask> tasks) {
    runner.run(tasks);
  }

  @Override
  void close() {
    runner.close();
  }
}
