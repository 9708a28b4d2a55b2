package dev.flotilla.verticle;

import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.coprocessor.Registration;
import dev.flotilla.kv.ExpirySweep;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.Scheduler;
import dev.flotilla.raftstore.peer.PeerContext;
import dev.flotilla.raftstore.peer.StoreDisks;
import dev.flotilla.raftstore.store.Store;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One store on Vert.x: its loop, apply workers, background workers and read pool, each a worker
 * verticle on a pool of its own, with the queues between them.
 */
public final class StoreRuntime {
  private static final int READ_BATCH = 64;
  private static final long HAND_OVER_MILLIS = 100;
  private static final int SWEEP_QUEUE = 65_536;

  private final Vertx vertx;
  private final RaftStoreConfig config;
  private final FaultHandler faults;
  private final Mailbox<Msg> storeMailbox;
  private final List<Mailbox<Runnable>> readMailboxes = new ArrayList<>();
  private final StoreWorkers workers;
  private final Mailbox<Runnable> sweepMailbox;
  private final AtomicInteger nextRead = new AtomicInteger();

  private volatile @Nullable StoreVerticle loop;

  /** Deployed, in the order of deployment. */
  private final Deque<String> deployments = new ArrayDeque<>();

  /**
   * @param applyWorkers threads that apply, at least 1
   * @param readWorkers threads that serve reads, at least 1
   */
  public StoreRuntime(
      Vertx vertx, RaftStoreConfig config, int applyWorkers, int readWorkers, FaultHandler faults) {
    this.vertx = vertx;
    this.config = config;
    this.faults = faults;
    // Twice: clients fill the first half only.
    storeMailbox = new Mailbox<>(2 * config.notifyCapacity());
    workers = new StoreWorkers(applyWorkers, faults);
    for (int i = 0; i < readWorkers; i++) {
      readMailboxes.add(new Mailbox<>(config.notifyCapacity()));
    }
    sweepMailbox = new Mailbox<>(SWEEP_QUEUE);
  }

  public RaftStoreRouter router() {
    return new MailboxRouter(storeMailbox, config.notifyCapacity());
  }

  /**
   * Any thread; false when too many reads wait. Reads that come together go to one worker: waking a
   * second one costs more than it spares.
   */
  public Scheduler<Runnable> readPool() {
    return task -> {
      int burst = (nextRead.getAndIncrement() & Integer.MAX_VALUE) / READ_BATCH;
      return readMailboxes.get(burst % readMailboxes.size()).offer(task);
    };
  }

  /** Opens the store and deploys everything. */
  public Future<Void> start(StoreSetting setting) {
    RaftStoreRouter router = router();
    ExpirySweep sweep =
        new ExpirySweep(
            router, sweepMailbox::offerSignificant, setting.clock(), config.entryBytesMax());
    PeerContext context =
        new PeerContext(
            setting.storeId(),
            config,
            setting.region(),
            setting.snapshot(),
            setting.engines(),
            setting.clock(),
            setting.chance(),
            setting.raftLogger(),
            setting.coprocessors(),
            setting.transport(),
            workers.schedulers(),
            setting.snapshots(),
            setting.divergence(),
            task -> {
              sweepMailbox.offerSignificant(() -> sweep.onReport(task));
              return setting.placement().schedule(task);
            },
            new StoreDisks(setting.storeId()));
    Future<?> chain = Future.succeededFuture();
    for (StoreWorkers.Worker worker : workers.create(setting, config, router)) {
      chain = chain.compose(done -> deploy(worker.pool(), worker.verticle()));
    }
    for (int i = 0; i < readMailboxes.size(); i++) {
      int worker = i;
      chain =
          chain.compose(
              done ->
                  deploy(
                      "f-read-" + worker,
                      new TaskVerticle<Runnable>(
                          "f.read." + worker,
                          reads -> setting.answering().run(() -> reads.forEach(Runnable::run)),
                          readMailboxes.get(worker),
                          READ_BATCH,
                          faults)));
    }
    return chain
        .compose(
            done ->
                deploy(
                    "f-sweep",
                    new SweepVerticle(
                        sweep, sweepMailbox, config.expirySweepTick().toMillis(), faults)))
        .compose(done -> vertx.executeBlocking(() -> Store.open(context)))
        .compose(
            store -> {
              StoreVerticle verticle = new StoreVerticle(store, storeMailbox, context, faults);
              return deploy("f-store", verticle).onSuccess(id -> loop = verticle);
            })
        .mapEmpty();
  }

  private Future<String> deploy(String pool, MailboxVerticle<?> verticle) {
    return vertx.deployVerticle(verticle, WorkerThread.named(pool)).onSuccess(deployments::push);
  }

  /**
   * Stops everything, the store loop first: what it has logged is applied and answered by the
   * workers before they go.
   */
  public Future<Void> stop() {
    loop = null;
    StopSteps steps = new StopSteps();
    while (!deployments.isEmpty()) {
      String id = deployments.pop();
      steps.then(() -> vertx.undeploy(id));
    }
    return steps.done();
  }

  /**
   * Asks the store on its own thread, between two turns; the question must be short and change
   * nothing. Any thread. Fails while the store is not running; without an answer when it stops.
   */
  public <T> Future<T> ask(Function<Store, T> question) {
    StoreVerticle running = loop;
    return running == null ? notRunning() : running.ask(question);
  }

  /**
   * Has coprocessors that have just come into use told of the regions that are here, on the store's
   * own thread; not if the store ends before. Any thread.
   */
  public void introduce(Set<Registration> newcomers) {
    StoreVerticle running = loop;
    if (running != null) {
      running.introduce(newcomers);
    }
  }

  private static <T> Future<T> notRunning() {
    return Future.failedFuture(new IllegalStateException("the store is not running"));
  }

  /**
   * Moves leaders to other stores; completes when none is left that could move, or the time is up.
   */
  public Future<Void> handOverLeaders(long timeoutMillis) {
    Promise<Void> done = Promise.promise();
    // Not on the store's own thread, which may have ended before what follows is over.
    handOverLeaders(timeoutMillis, vertx.getOrCreateContext(), done);
    return done.future();
  }

  private void handOverLeaders(long leftMillis, Context context, Promise<Void> done) {
    StoreVerticle running = loop;
    Future<Integer> asking = running == null ? notRunning() : running.handOverLeaders();
    asking.onComplete(
        asked ->
            context.runOnContext(
                ignored -> {
                  if (asked.failed() || asked.result() == 0 || leftMillis <= 0) {
                    done.complete();
                  } else {
                    vertx.setTimer(
                        HAND_OVER_MILLIS,
                        id -> handOverLeaders(leftMillis - HAND_OVER_MILLIS, context, done));
                  }
                }));
  }

  /** Messages waiting for the store loop, roughly. */
  public int storeQueueSize() {
    return storeMailbox.size();
  }
}
