package dev.flotilla.verticle;

import dev.flotilla.pd.PlacementDriver;
import io.vertx.core.Future;
import java.util.List;

/** Runs the placement driver: requests, reports and outcomes one after the other. */
final class PdVerticle extends MailboxVerticle<Runnable> {
  private static final String NAME = "f.pd";

  private static final int BATCH_MAX = 1024;
  private static final long TICK_MILLIS = 100;

  private final PlacementDriver driver;
  private final Runnable afterBatch;

  /**
   * @param afterBatch runs on the driver's thread after everything that may have changed it
   */
  PdVerticle(
      PlacementDriver driver, Mailbox<Runnable> mailbox, Runnable afterBatch, FaultHandler faults) {
    super(NAME, mailbox, BATCH_MAX, faults);
    this.driver = driver;
    this.afterBatch = afterBatch;
  }

  @Override
  public Future<?> start() {
    every(TICK_MILLIS, () -> handleNow(driver::tick));
    return super.start();
  }

  @Override
  void handle(List<Runnable> tasks) {
    tasks.forEach(Runnable::run);
    afterBatch.run();
  }
}
