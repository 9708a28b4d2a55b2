package dev.flotilla.coprocessor;

import dev.flotilla.coprocessor.api.Endpoint;
import dev.flotilla.raftstore.Invariants;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Who is called at which hook, in order. Another set of plugins is another chain: a call runs
 * through the one it began with, and those who are no longer called are stopped only when {@link
 * #isUnused} says that no call is under way.
 */
public final class Chain {
  /** Below any count of calls, so that the sum is negative from then on. */
  private static final int REPLACED = Integer.MIN_VALUE;

  /** Who is called at each hook, in order; hooks that nobody observes are left out. */
  private final Map<Hook, List<Link<?>>> links = new EnumMap<>(Hook.class);

  /** The hooks that somebody observes: one test of a bit for the common "nobody". */
  private final EnumSet<Hook> observed = EnumSet.noneOf(Hook.class);

  private final List<Registration> registrations;
  private final List<CoprocessorStatus> unused;

  /** The calls under way, plus {@link #REPLACED} once no further call may begin. */
  private final AtomicInteger calls = new AtomicInteger();

  private Chain(List<Registration> ordered, List<CoprocessorStatus> unused) {
    this.registrations = ordered;
    this.unused = List.copyOf(unused);
    for (Hook hook : Hook.values()) {
      List<Link<?>> callees = new ArrayList<>();
      for (Registration callee : ordered) {
        if (callee.hooks.contains(hook)) {
          callees.add(new Link<>(callee, hook.type().cast(callee.observer)));
        }
      }
      if (!callees.isEmpty()) {
        links.put(hook, List.copyOf(callees));
        observed.add(hook);
      }
    }
  }

  /** A chain of the built-in observers and {@code plugins}, in the order of their priorities. */
  public static Chain of(List<Registration> plugins) {
    return of(plugins, List.of());
  }

  /** The same; {@code unused} are plugins that the status shows although nobody calls them. */
  public static Chain of(List<Registration> plugins, List<CoprocessorStatus> unused) {
    List<Registration> all = new ArrayList<>(plugins);
    all.add(Registration.of(SplitObserver.ID, "", new SplitObserver()));
    all.sort(Registration.ORDER);
    return new Chain(List.copyOf(all), unused);
  }

  boolean observes(Hook hook) {
    return observed.contains(hook);
  }

  /**
   * Who is called at {@code hook}, in order.
   *
   * @param type that declares the hook
   */
  @SuppressWarnings("unchecked") // each was cast to the hook's type when it was put in
  <T> List<Link<T>> links(Hook hook, Class<T> type) {
    Invariants.check(hook.type() == type, "a hook of another type");
    return (List<Link<T>>) (List<?>) links.getOrDefault(hook, List.of());
  }

  /** The endpoint of a plugin, which has one at most; null when it has none. */
  @Nullable Link<Endpoint> endpoint(String pluginId) {
    for (Link<Endpoint> link : links(Hook.QUERY, Endpoint.class)) {
      if (link.owner().pluginId.equals(pluginId)) {
        return link;
      }
    }
    return null;
  }

  /**
   * Begins a call, which {@link #leave} ends; false when another chain has taken this one's place.
   */
  boolean enter() {
    if (calls.incrementAndGet() > 0) {
      return true;
    }
    leave();
    return false;
  }

  void leave() {
    calls.decrementAndGet();
  }

  /** Lets no further call begin. Once, after another chain was published. */
  void retire() {
    calls.addAndGet(REPLACED);
  }

  /** Whether another chain has replaced this one and no call runs through it. Any thread. */
  public boolean isUnused() {
    return calls.get() == REPLACED;
  }

  /** Every coprocessor in the order of calls, then the plugins that are not in use. */
  List<CoprocessorStatus> status() {
    List<CoprocessorStatus> status = new ArrayList<>();
    for (Registration registration : registrations) {
      status.add(registration.status());
    }
    status.addAll(unused);
    return status;
  }
}
