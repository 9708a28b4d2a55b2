package dev.flotilla.coprocessor;

import dev.flotilla.coprocessor.api.CmdObserver;
import dev.flotilla.coprocessor.api.Coprocessor;
import dev.flotilla.coprocessor.api.Observes;
import dev.flotilla.coprocessor.api.OnError;
import dev.flotilla.raftstore.Invariants;
import java.util.Comparator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A started coprocessor with its place in the order, its failure rule and its counters. */
public final class Registration {
  /** A total order, independent of the order of loading, so that all stores run plugins alike. */
  static final Comparator<Registration> ORDER =
      Comparator.comparingInt((Registration registration) -> registration.priority)
          .thenComparing(registration -> registration.pluginId)
          .thenComparing(registration -> registration.observer.getClass().getName());

  /** What a class without {@link Observes} gets. */
  @Observes
  private static final class Unmarked {}

  final String pluginId;
  final String version;
  final Coprocessor observer;
  final int priority;
  final boolean mandatory;
  final OnError onError;
  final Set<Hook> hooks;
  final CallCounters counters = new CallCounters();

  /** Set before the registration is published, if it is shown batches at all. */
  private @Nullable CommandFeed feed;

  private Registration(
      String pluginId,
      String version,
      Coprocessor observer,
      int priority,
      boolean mandatory,
      OnError onError) {
    this.pluginId = pluginId;
    this.version = version;
    this.observer = observer;
    this.priority = priority;
    this.mandatory = mandatory;
    this.onError = onError;
    this.hooks = Hook.overriddenBy(observer.getClass());
  }

  /** A registration by what the class says of itself. */
  public static Registration of(String pluginId, String version, Coprocessor observer) {
    return of(pluginId, version, observer, null, null);
  }

  /** The same, but what is not null takes the place of what the class says. */
  public static Registration of(
      String pluginId,
      String version,
      Coprocessor observer,
      @Nullable Integer priority,
      @Nullable OnError onError) {
    Observes marks = marksOf(observer.getClass());
    return new Registration(
        pluginId,
        version,
        observer,
        priority != null ? priority : marks.priority(),
        marks.mandatory(),
        onError != null ? onError : marks.onError());
  }

  /** What {@code type} says of its place; the defaults when it says nothing. */
  public static Observes marksOf(Class<?> type) {
    Observes marks = type.getAnnotation(Observes.class);
    return marks != null ? marks : Unmarked.class.getAnnotation(Observes.class);
  }

  /** Whether it is shown what was written, in batches: then it needs a feed. */
  public boolean isFed() {
    return hooks.contains(Hook.ON_FLUSH_APPLIED_CMD_BATCH);
  }

  /**
   * Names who takes the batches to it, by {@link #show}. Once, before the registration is part of a
   * chain that is published.
   */
  public void feedBy(CommandFeed by) {
    feed = by;
  }

  CommandFeed feed() {
    return Invariants.present(feed, "a coprocessor that is shown batches has no feed");
  }

  /**
   * Shows {@code batch} to the coprocessor; what it throws is counted and logged. One thread at a
   * time, on which the plugin may block.
   *
   * @throws InterruptedException what one has thrown that was interrupted
   */
  public void show(ShownBatch batch) throws InterruptedException {
    CallContext context = new CallContext(batch.stored(), 0);
    counters.calls.increment();
    try {
      ((CmdObserver) observer).onFlushAppliedCmdBatch(batch);
    } catch (InterruptedException stopping) {
      throw stopping;
    } catch (Throwable failure) {
      CallGuard.failed(Hook.ON_FLUSH_APPLIED_CMD_BATCH, context, this, failure);
    }
  }

  CoprocessorStatus status() {
    return new CoprocessorStatus(
        pluginId,
        version,
        observer.getClass().getName(),
        priority,
        hooks.stream().map(Hook::method).toList(),
        CoprocessorStatus.State.ACTIVE,
        counters.lastFailure,
        counters.calls.sum(),
        counters.rejections.sum(),
        counters.failures.get(),
        counters.alterations.sum());
  }
}
