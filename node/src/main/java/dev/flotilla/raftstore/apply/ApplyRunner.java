package dev.flotilla.raftstore.apply;

import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.engine.Engine;
import dev.flotilla.raftstore.AnswerBurst;
import dev.flotilla.raftstore.Invariants;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Scheduler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One apply worker: turns the committed entries of its regions into engine writes, answers the
 * clients, and tells the store loop. Used by one thread at a time; blocks on the engine.
 */
public final class ApplyRunner implements AutoCloseable {
  private final Map<Long, ApplyDelegate> delegates = new HashMap<>();
  private final CoprocessorHost coprocessors;
  private final WriteExecutor executor;
  private final AdminExecutor admins;
  private final ApplyBatch batch;
  private final Scheduler<ApplyResult> results;

  /**
   * @param kv engine that holds the data; not closed here
   * @param coprocessors observers of what is applied
   * @param answering surrounds the answers that leave together
   * @param results takes each outcome, after the write it speaks of; what is not taken is given up,
   *     as the store loop has ended
   */
  public ApplyRunner(
      Engine kv,
      CoprocessorHost coprocessors,
      AnswerBurst answering,
      Scheduler<ApplyResult> results) {
    this.coprocessors = coprocessors;
    this.executor = new WriteExecutor(kv);
    this.admins = new AdminExecutor(kv);
    this.batch = new ApplyBatch(kv, coprocessors, answering);
    this.results = results;
  }

  /** Runs {@code tasks} in order, with one write for as many of them as possible. */
  public void run(List<ApplyTask> tasks) {
    Set<ApplyDelegate> touched = new LinkedHashSet<>();
    List<ApplyResult> others = new ArrayList<>();
    List<ApplyTask.Show> shows = new ArrayList<>();
    for (ApplyTask task : tasks) {
      if (task instanceof ApplyTask.Entries entries) {
        // A removed replica is gone at once; the store loop learns of it later.
        ApplyDelegate delegate = delegates.get(entries.regionId());
        if (delegate != null) {
          delegate.apply(entries, batch);
          touched.add(delegate);
          if (delegate.isRemoved()) {
            delegates.remove(entries.regionId());
          }
        }
      } else if (task instanceof ApplyTask.Proposals proposals) {
        take(proposals);
      } else if (task instanceof ApplyTask.Report report) {
        // The store loop learns of a removed replica by the change that removed it.
        ApplyDelegate delegate = delegates.get(report.regionId());
        if (delegate != null && touched.contains(delegate)) {
          delegate.await();
        } else if (delegate != null) {
          others.add(new ApplyResult.CaughtUp(report.regionId()));
        }
      } else if (task instanceof ApplyTask.Registration registration) {
        register(registration);
      } else if (task instanceof ApplyTask.Show show) {
        shows.add(show);
      } else if (task instanceof ApplyTask.Destroy destroy) {
        ApplyDelegate delegate = delegates.remove(destroy.regionId());
        if (delegate != null) {
          refuseAll(delegate);
          others.add(new ApplyResult.Destroyed(destroy.regionId(), delegate.peerId()));
        }
      }
    }
    batch.write();
    for (ApplyDelegate delegate : touched) {
      delegate.onWritten();
      if (delegate.isRemoved()) {
        refuseAll(delegate);
      }
      tell(delegate.takeResult());
    }
    shows.forEach(this::show);
    others.forEach(this::tell);
  }

  /** A replica that was removed is not shown any more. */
  private void show(ApplyTask.Show task) {
    ApplyDelegate delegate = delegates.get(task.regionId());
    if (delegate != null) {
      delegate.showTo(task.newcomers());
    }
  }

  private void tell(ApplyResult result) {
    if (!results.schedule(result)) {
      result.discard();
    }
  }

  private void take(ApplyTask.Proposals task) {
    ApplyDelegate delegate = delegates.get(task.regionId());
    if (delegate == null) {
      // They are in the log of a leader that has been removed since: others may commit them.
      task.proposals().forEach(proposal -> proposal.callback().refused(gone()));
      return;
    }
    Invariants.check(
        delegate.peerId() == task.peerId(),
        "proposals of another peer",
        delegate.peerId(),
        task.peerId());
    task.proposals().forEach(delegate.pending()::add);
  }

  private void register(ApplyTask.Registration task) {
    ApplyDelegate replaced =
        delegates.put(task.regionId(), new ApplyDelegate(task, executor, admins, coprocessors));
    if (replaced != null) {
      refuseAll(replaced);
    }
  }

  /** Their entries may be committed elsewhere: nobody here can tell. */
  private static void refuseAll(ApplyDelegate delegate) {
    delegate.pending().refuseAll(ApplyRunner::gone);
  }

  private static Refusal gone() {
    return new Refusal.Undetermined("the replica that took the command is gone");
  }

  /** Answers everyone who still waits. */
  @Override
  public void close() {
    delegates
        .values()
        .forEach(
            delegate ->
                delegate
                    .pending()
                    .refuseAll(() -> new Refusal.Undetermined("the node is stopping")));
    delegates.clear();
    batch.close();
  }
}
