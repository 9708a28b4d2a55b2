package dev.flotilla.verticle;

import dev.flotilla.kv.ExpirySweep;
import io.vertx.core.Future;
import java.util.List;

/** Runs the expiry sweep, a step each interval. */
final class SweepVerticle extends MailboxVerticle<Runnable> {
  private static final String NAME = "f.sweep";

  private static final int BATCH_MAX = 256;

  private final ExpirySweep sweep;
  private final long intervalMillis;

  /**
   * @param intervalMillis 0 turns the sweep off
   */
  SweepVerticle(
      ExpirySweep sweep, Mailbox<Runnable> mailbox, long intervalMillis, FaultHandler faults) {
    super(NAME, mailbox, BATCH_MAX, faults);
    this.sweep = sweep;
    this.intervalMillis = intervalMillis;
  }

  @Override
  public Future<?> start() {
    if (intervalMillis > 0) {
      every(intervalMillis, () -> handleNow(sweep::step));
    }
    return super.start();
  }

  @Override
  void handle(List<Runnable> tasks) {
    tasks.forEach(Runnable::run);
  }
}
