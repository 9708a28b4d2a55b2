package dev.flotilla.coprocessor;

import dev.flotilla.coprocessor.api.Coprocessor;
import dev.flotilla.coprocessor.api.Observes;
import dev.flotilla.coprocessor.api.OnError;
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
