package dev.flotilla.verticle;

import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.apply.ApplyBursts;
import dev.flotilla.raftstore.apply.ApplyRunner;
import dev.flotilla.raftstore.apply.ApplyTask;
import dev.flotilla.raftstore.peer.PeerContext;
import dev.flotilla.raftstore.snap.RegionRunner;
import dev.flotilla.raftstore.snap.RegionTask;
import dev.flotilla.raftstore.snap.SnapBuilder;
import dev.flotilla.raftstore.task.CompactRunner;
import dev.flotilla.raftstore.task.CompactTask;
import dev.flotilla.raftstore.task.HashRunner;
import dev.flotilla.raftstore.task.HashTask;
import dev.flotilla.raftstore.task.LogGcRunner;
import dev.flotilla.raftstore.task.LogGcTask;
import dev.flotilla.raftstore.task.SplitCheckRunner;
import dev.flotilla.raftstore.task.SplitCheckTask;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The workers behind a store loop, each a queue and a thread. */
final class StoreWorkers {
  private static final int QUEUE = 65_536;

  /** Jobs that may be put off; when more wait, new ones are refused and come again. */
  private static final int SHORT_QUEUE = 256;

  /** A worker verticle and the name of its pool. */
  record Worker(String pool, MailboxVerticle<?> verticle) {}

  private final FaultHandler faults;
  private final List<Mailbox<ApplyTask>> apply = new ArrayList<>();
  private final Mailbox<LogGcTask> logGc = new Mailbox<>(QUEUE);
  private final Mailbox<RegionTask.Build> snapshots = new Mailbox<>(QUEUE);
  private final Mailbox<RegionTask> regions = new Mailbox<>(QUEUE);
  private final Mailbox<SplitCheckTask> splitChecks = new Mailbox<>(SHORT_QUEUE);
  private final Mailbox<CompactTask> compactions = new Mailbox<>(SHORT_QUEUE);
  private final Mailbox<HashTask> hashes = new Mailbox<>(SHORT_QUEUE);

  StoreWorkers(int applyWorkers, FaultHandler faults) {
    this.faults = faults;
    for (int i = 0; i < applyWorkers; i++) {
      apply.add(new Mailbox<>(QUEUE));
    }
  }

  /** The way to the workers. What is in the long queues is bounded by what the store has made. */
  PeerContext.Workers schedulers() {
    return new PeerContext.Workers(
        new ApplyBursts(apply.stream().map(ApplyQueue::new).toList()),
        logGc::offerSignificant,
        snapshots::offerSignificant,
        regions::offerSignificant,
        splitChecks::offer,
        compactions::offer,
        hashes::offer);
  }

  /** Tasks of one region go to one worker, in order. */
  private record ApplyQueue(Mailbox<ApplyTask> mailbox) implements ApplyBursts.Worker {
    @Override
    public boolean leave(ApplyTask task) {
      return mailbox.leaveSignificant(task);
    }

    @Override
    public void call() {
      mailbox.call();
    }
  }

  /** All workers, to be deployed in this order. */
  List<Worker> create(StoreSetting setting, RaftStoreConfig config, RaftStoreRouter router) {
    List<Worker> workers = new ArrayList<>();
    for (int i = 0; i < apply.size(); i++) {
      ApplyRunner runner =
          new ApplyRunner(
              setting.engines().kv(),
              setting.coprocessors(),
              setting.answering(),
              result -> router.send(new Msg.Applied(result)));
      workers.add(
          new Worker(
              "f-apply-" + i, new ApplyVerticle("f.apply." + i, runner, apply.get(i), faults)));
    }
    workers.add(task("loggc", new LogGcRunner(setting.engines())::run, logGc, QUEUE));
    workers.add(
        task(
            "snapshot",
            new SnapBuilder(setting.engines().kv(), setting.snapshots(), router)::run,
            snapshots,
            1));
    workers.add(
        task(
            "region",
            new RegionRunner(
                    setting.engines().kv(), setting.snapshots(), setting.coprocessors(), router)
                ::run,
            regions,
            1));
    workers.add(
        task(
            "split",
            new SplitCheckRunner(
                    setting.engines().kv(), setting.region(), setting.coprocessors(), router)
                ::run,
            splitChecks,
            1));
    workers.add(task("compact", new CompactRunner(setting.engines().kv())::run, compactions, 1));
    workers.add(task("hash", new HashRunner(router)::run, hashes, 1));
    return workers;
  }

  private <T> Worker task(String name, Consumer<List<T>> run, Mailbox<T> mailbox, int batchMax) {
    return new Worker("f-" + name, new TaskVerticle<>("f." + name, run, mailbox, batchMax, faults));
  }
}
