package dev.flotilla.verticle;

import dev.flotilla.pd.PlacementDriver;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.Scheduler;
import dev.flotilla.server.Placement;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;

/** The placement driver of this node on a worker of its own. */
public final class PdRuntime {
  private static final int QUEUE = 65_536;

  private final Vertx vertx;
  private final FaultHandler faults;
  private final Mailbox<Runnable> mailbox;
  private final PlacementDriver driver;
  private final Promise<Void> firstReady = Promise.promise();
  private volatile boolean ready;

  public PdRuntime(
      Vertx vertx,
      long clusterId,
      Store self,
      RaftStoreRouter router,
      Clock clock,
      FaultHandler faults) {
    this.vertx = vertx;
    this.faults = faults;
    this.mailbox = new Mailbox<>(QUEUE, () -> Wake.send(vertx.eventBus(), PdVerticle.ADDRESS));
    this.driver = new PlacementDriver(clusterId, self, router, mailbox::offerSignificant, clock);
  }

  /** Takes the store's reports. */
  public Scheduler<PlacementTask> reports() {
    return task -> mailbox.offerSignificant(() -> driver.onReport(task));
  }

  /** Takes clients' requests. */
  public Placement requests() {
    return request -> mailbox.offer(() -> request.accept(driver));
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
