package dev.flotilla.coprocessor.api.testkit;

import dev.flotilla.coprocessor.api.AdminObserver;
import dev.flotilla.coprocessor.api.AppliedQuery;
import dev.flotilla.coprocessor.api.ApplySnapshotObserver;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.CmdObserver;
import dev.flotilla.coprocessor.api.Coprocessor;
import dev.flotilla.coprocessor.api.CoprocessorConfig;
import dev.flotilla.coprocessor.api.Endpoint;
import dev.flotilla.coprocessor.api.KeyRange;
import dev.flotilla.coprocessor.api.QueryObserver;
import dev.flotilla.coprocessor.api.ReadObserver;
import dev.flotilla.coprocessor.api.RegionChange;
import dev.flotilla.coprocessor.api.RegionChangeObserver;
import dev.flotilla.coprocessor.api.RegionView;
import dev.flotilla.coprocessor.api.RejectedException;
import dev.flotilla.coprocessor.api.Rejection;
import dev.flotilla.coprocessor.api.Role;
import dev.flotilla.coprocessor.api.RoleChange;
import dev.flotilla.coprocessor.api.RoleObserver;
import dev.flotilla.coprocessor.api.SplitCheckObserver;
import dev.flotilla.coprocessor.api.SplitChecker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs one coprocessor as a node would, on the calling thread. What the plugin is lent breaks when
 * the call is over, so that keeping it fails loudly. Close it to stop the plugin.
 */
public final class FakeHost implements AutoCloseable {
  private final Coprocessor observer;
  private final FakeClock clock;
  private final FakeData data = new FakeData();
  private FakeRegion region = FakeRegion.whole();
  private long term = 6;
  private long index = 5;

  /** The position up to which batches were shown. */
  private long shown = 5;

  private FakeHost(Coprocessor observer, FakeClock clock) {
    this.observer = observer;
    this.clock = clock;
  }

  /**
   * Starts {@code observer} with settings, and with {@code dataFolder} as its own folder.
   *
   * @throws Exception what its start throws
   */
  public static FakeHost start(Coprocessor observer, Map<String, String> config, Path dataFolder)
      throws Exception {
    FakeClock clock = new FakeClock();
    observer.start(new FakeEnvironment(new CoprocessorConfig(config), dataFolder, clock));
    return new FakeHost(observer, clock);
  }

  public FakeClock clock() {
    return clock;
  }

  /** Makes the next commands those of another region. */
  public FakeHost in(FakeRegion next) {
    region = next;
    return this;
  }

  /** Asks the plugin whether a write may be proposed, and as what. Nothing is applied. */
  public Outcome propose(FakeRequest... requests) {
    FakeBatch batch = new FakeBatch(List.of(requests), 0, term);
    FakeContext context = context(0);
    return run(
        batch.requests(),
        () -> {
          if (observer instanceof QueryObserver query) {
            query.preProposeQuery(context, batch);
          }
          return draft(batch);
        },
        context,
        batch);
  }

  /** Asks the plugin whether an admin command may be proposed, and as what. Keys: split keys. */
  public Outcome propose(FakeAdmin command) {
    FakeAdmin draft = command.at(0, 0);
    FakeContext context = context(0);
    return run(
        command.kind(),
        () -> {
          if (observer instanceof AdminObserver admin) {
            admin.preProposeAdmin(context, draft);
          }
          List<Bytes> keys = draft.splitKeys();
          checkEdit(!draft.isAltered() || isSplit(keys), "split keys " + keys);
          return new Outcome(command.kind(), keys, List.of(), draft.isAltered(), null, null);
        },
        context);
  }

  /**
   * Proposes nothing, writes {@code requests} at the next index; values: what is answered. Who sees
   * batches is shown those of the requests that took effect, as one.
   */
  public Outcome apply(FakeRequest... requests) {
    FakeBatch batch = new FakeBatch(List.of(requests), ++index, term);
    FakeContext context = context(index);
    List<FakeRequest> effective = data.effective(batch.requests());
    Outcome outcome = applied(batch, context);
    if (!effective.isEmpty() && outcome.failure() == null) {
      show(List.of(new FakeBatch(effective, index, term)));
    }
    return outcome;
  }

  /** Shows what was written since the position before to who sees batches. */
  private void show(List<AppliedQuery> writes) {
    if (observer instanceof CmdObserver batches) {
      long after = writes.isEmpty() ? index : shown;
      FakeCmdBatch batch = new FakeCmdBatch(region, after, index, writes, data);
      try {
        batches.onFlushAppliedCmdBatch(batch);
      } catch (Exception e) {
        throw new AssertionError("the plugin failed at a batch", e);
      } finally {
        batch.giveBack();
      }
    }
    shown = index;
  }

  private Outcome applied(FakeBatch batch, FakeContext context) {
    return run(
        batch.requests(),
        () -> {
          if (!(observer instanceof QueryObserver query)) {
            return data.apply(batch.requests()).outcome(batch.requests());
          }
          query.preApplyQuery(context, batch);
          FakeResult result = data.apply(batch.requests());
          query.postApplyQuery(context, batch, result);
          result.giveBack();
          return result.outcome(batch.requests());
        },
        context,
        batch);
  }

  /** Shows the plugin an admin command at the next index. */
  public Outcome apply(FakeAdmin command) {
    FakeAdmin logged = command.at(++index, term);
    FakeContext context = context(index);
    return run(
        command.kind(),
        () -> {
          if (observer instanceof AdminObserver admin) {
            admin.preApplyAdmin(context, logged);
            admin.postApplyAdmin(context, logged);
          }
          return new Outcome(
              command.kind(), logged.splitKeys(), List.of(), logged.isAltered(), null, null);
        },
        context);
  }

  /** Tells the plugin that another one refused an admin command. */
  public void reject(FakeAdmin command, Rejection rejection) {
    FakeContext context = context(0);
    if (observer instanceof AdminObserver admin) {
      admin.onAdminRejected(context, command.at(0, 0), rejection);
    }
    context.giveBack();
  }

  /** Does a read as the plugin lets it; keys and values: what is answered. */
  public Outcome read(FakeRequest... requests) {
    FakeBatch batch = new FakeBatch(List.of(requests), 0, term);
    FakeContext context = context(0);
    return run(
        batch.requests(),
        () -> {
          if (!(observer instanceof ReadObserver reads)) {
            return data.read(batch.requests()).outcome(batch.requests());
          }
          reads.preRead(context, batch);
          draft(batch);
          FakeResult result = data.read(batch.requests());
          reads.postRead(context, batch, result);
          result.giveBack();
          return result.outcome(batch.requests());
        },
        context,
        batch);
  }

  /**
   * Has the plugin answer from what has been applied so far; value: its answer. It is shown the
   * part of {@code ranges} that is in the region.
   *
   * @throws IllegalArgumentException when a range begins in another region, where a node would send
   *     the client without asking the plugin
   */
  public Outcome query(Bytes request, KeyRange... ranges) {
    if (!(observer instanceof Endpoint endpoint)) {
      throw new IllegalStateException(observer.getClass() + " is no endpoint");
    }
    List<KeyRange> shown = Stream.of(ranges).map(region::part).toList();
    FakeContext context = context(0);
    FakeReader reader = new FakeReader(data, region);
    return run(
        request,
        () -> {
          Bytes answer = endpoint.query(context, shown, request, reader);
          return new Outcome(request, List.of(), List.of(answer), false, null, null);
        },
        context,
        reader);
  }

  /** Has the plugin look at what has been applied so far; keys: where it would cut the region. */
  public Outcome checkSplit() {
    FakeContext context = context(0);
    return run(
        "split check",
        () -> {
          List<Bytes> keys = splitKeys(context);
          checkEdit(
              keys.size() <= SplitChecker.SPLIT_KEYS_MAX && isSplit(keys), "split keys " + keys);
          return new Outcome("split check", keys, List.of(), false, null, null);
        },
        context);
  }

  private List<Bytes> splitKeys(FakeContext context) {
    SplitChecker checker =
        observer instanceof SplitCheckObserver splits ? splits.splitChecker(context) : null;
    context.giveBack();
    if (checker == null) {
      return List.of();
    }
    boolean more = true;
    for (Map.Entry<Bytes, Bytes> pair : data.range(region.startKey(), region.endKey()).entrySet()) {
      more =
          more && checker.onKey(pair.getKey(), pair.getKey().length() + pair.getValue().length());
    }
    return List.copyOf(checker.splitKeys());
  }

  /** Tells the plugin that the replica took another role, at a new term. */
  public void become(Role role) {
    term++;
    FakeContext context = context(0);
    if (observer instanceof RoleObserver roles) {
      roles.onRoleChange(context, new RoleChange(role));
      if (role == Role.LEADER) {
        roles.onAppliedCurrentTerm(context);
      }
    }
    context.giveBack();
  }

  /** Tells the plugin that the replica began, changed or has gone. */
  public void change(RegionChange.Kind kind, Role role) {
    FakeContext context = context(0);
    if (observer instanceof RegionChangeObserver regions) {
      regions.onRegionChanged(context, new RegionChange(kind, role));
    }
    context.giveBack();
  }

  /** Tells the plugin of a snapshot that stands for {@code entries} more, which it is not shown. */
  public void applySnapshot(long entries) {
    index += entries;
    FakeContext context = context(0);
    if (observer instanceof ApplySnapshotObserver snapshots) {
      snapshots.preApplySnapshot(context, index);
      snapshots.postApplySnapshot(context, index);
    }
    context.giveBack();
    show(List.of());
  }

  /** Stops the plugin. */
  @Override
  public void close() {
    try {
      observer.stop();
    } catch (Exception e) {
      throw new AssertionError("the plugin did not stop cleanly", e);
    }
  }

  private interface Step {
    Outcome run() throws RejectedException;
  }

  private static Outcome run(Object asked, Step step, Borrowed... lent) {
    @Nullable RejectedException rejection = null;
    @Nullable Throwable failure = null;
    try {
      return step.run();
    } catch (RejectedException e) {
      rejection = e;
    } catch (RuntimeException | Error e) {
      failure = e;
    } finally {
      for (Borrowed borrowed : lent) {
        borrowed.giveBack();
      }
    }
    return new Outcome(asked, List.of(), List.of(), false, rejection, failure);
  }

  private Outcome draft(FakeBatch batch) {
    for (int i = 0; i < batch.requests().size(); i++) {
      FakeRequest request = batch.requests().get(i);
      boolean range = !request.endKey().isEmpty();
      checkEdit(
          !batch.isMoved(i)
              || (region.contains(request.key()) && (range || !request.key().isEmpty())),
          "key " + request.key());
    }
    List<Bytes> keys = batch.requests().stream().map(FakeRequest::key).toList();
    List<@Nullable Bytes> values =
        List.copyOf(batch.requests().stream().map(FakeRequest::value).toList());
    return new Outcome(batch.requests(), keys, values, batch.isAltered(), null, null);
  }

  private static void checkEdit(boolean valid, String edit) {
    if (!valid) {
      throw new IllegalStateException("invalid edit: " + edit);
    }
  }

  private boolean isSplit(List<Bytes> keys) {
    Bytes last = region.startKey();
    for (Bytes key : keys) {
      if (key.isEmpty() || !region.contains(key) || key.compareTo(last) <= 0) {
        return false;
      }
      last = key;
    }
    return true;
  }

  private FakeContext context(long at) {
    RegionView view = region;
    return new FakeContext(view, term, at, clock.millis());
  }
}
