package dev.flotilla.verticle;

import dev.flotilla.pd.CommandSink;
import dev.flotilla.pd.PlacementDriver;
import dev.flotilla.pd.PlacementRules;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.RaftStoreRouter;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.util.function.Consumer;

/** The placement driver of this node on a worker of its own. */
public final class PdRuntime {
  private static final int QUEUE = 65_536;

  private final Vertx vertx;
  private final FaultHandler faults;
  private final Mailbox<Runnable> mailbox;
  private final PlacementDriver driver;
  private final Promise<Void> firstReady = Promise.promise();
  private volatile boolean ready;
  private volatile long term;
  private volatile Runnable onTerm = () -> {};

  /**
   * @param rules what the driver aims at
   * @param commands takes what leaders are to do
   */
  public PdRuntime(
      Vertx vertx,
      long clusterId,
      Store self,
      RaftStoreRouter router,
      Clock clock,
      PlacementRules rules,
      CommandSink commands,
      FaultHandler faults) {
    this.vertx = vertx;
    this.faults = faults;
    this.mailbox = new Mailbox<>(QUEUE);
    this.driver =
        new PlacementDriver(
            clusterId, self, router, mailbox::offerSignificant, clock, rules, commands);
  }

  /** Lets {@code request} run on the driver's thread; false when too many wait. */
  public boolean submit(Consumer<PlacementDriver> request) {
    return mailbox.offer(() -> request.accept(driver));
  }

  /** As {@link #submit}, ahead of all such requests, and for what must not be lost. */
  public boolean submitSignificant(Consumer<PlacementDriver> request) {
    return mailbox.offerSignificant(() -> request.accept(driver));
  }

  /** Whether this node drives placement. Any thread. */
  public boolean isActive() {
    return term != 0;
  }

  /** Raft term of the leadership by which this node drives; 0 when it does not. Any thread. */
  public long term() {
    return term;
  }

  /**
   * Has {@code listener} told, on the driver's thread, when this node begins or ceases to drive.
   */
  public void onTerm(Runnable listener) {
    onTerm = listener;
  }

  /** Whether the driver answers requests. Any thread. */
  public boolean isReady() {
    return ready;
  }

  /** Completes when the driver answers requests for the first time. */
  public Future<Void> whenReady() {
    return firstReady.future();
  }

  private void afterBatch() {
    ready = driver.isReady();
    long now = driver.term();
    if (now != term) {
      term = now;
      onTerm.run();
    }
    if (ready) {
      firstReady.tryComplete();
    }
  }

  public Future<String> start() {
    return vertx.deployVerticle(
        new PdVerticle(driver, mailbox, this::afterBatch, faults),
        new DeploymentOptions()
            .setThreadingModel(ThreadingModel.WORKER)
            .setWorkerPoolName("f-pd")
            .setWorkerPoolSize(1));
  }
}
