package dev.flotilla.coprocessor;

import dev.flotilla.coprocessor.api.AdminObserver;
import dev.flotilla.coprocessor.api.Endpoint;
import dev.flotilla.coprocessor.api.QueryObserver;
import dev.flotilla.coprocessor.api.ReadObserver;
import dev.flotilla.coprocessor.api.RoleObserver;
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

  final List<Link<QueryObserver>> preProposeQuery;
  final List<Link<QueryObserver>> preApplyQuery;
  final List<Link<QueryObserver>> postApplyQuery;
  final List<Link<AdminObserver>> preProposeAdmin;
  final List<Link<AdminObserver>> onAdminRejected;
  final List<Link<AdminObserver>> preApplyAdmin;
  final List<Link<AdminObserver>> postApplyAdmin;
  final List<Link<ReadObserver>> preRead;
  final List<Link<ReadObserver>> postRead;
  final List<Link<RoleObserver>> onRoleChange;
  final List<Link<RoleObserver>> onAppliedCurrentTerm;
  private final List<Link<Endpoint>> endpoints;

  /** The hooks that somebody observes: one test of a bit for the common "nobody". */
  private final EnumSet<Hook> observed = EnumSet.noneOf(Hook.class);

  private final List<Registration> registrations;
  private final List<CoprocessorStatus> unused;

  /** The calls under way, plus {@link #REPLACED} once no further call may begin. */
  private final AtomicInteger calls = new AtomicInteger();

  private Chain(List<Registration> ordered, List<CoprocessorStatus> unused) {
    this.registrations = ordered;
    this.unused = List.copyOf(unused);
    Map<Hook, List<Registration>> byHook = new EnumMap<>(Hook.class);
    for (Hook hook : Hook.values()) {
      List<Registration> callees =
          ordered.stream().filter(callee -> callee.hooks.contains(hook)).toList();
      byHook.put(hook, callees);
      if (!callees.isEmpty()) {
        observed.add(hook);
      }
    }
    this.preProposeQuery = links(byHook, Hook.PRE_PROPOSE_QUERY, QueryObserver.class);
    this.preApplyQuery = links(byHook, Hook.PRE_APPLY_QUERY, QueryObserver.class);
    this.postApplyQuery = links(byHook, Hook.POST_APPLY_QUERY, QueryObserver.class);
    this.preProposeAdmin = links(byHook, Hook.PRE_PROPOSE_ADMIN, AdminObserver.class);
    this.onAdminRejected = links(byHook, Hook.ON_ADMIN_REJECTED, AdminObserver.class);
    this.preApplyAdmin = links(byHook, Hook.PRE_APPLY_ADMIN, AdminObserver.class);
    this.postApplyAdmin = links(byHook, Hook.POST_APPLY_ADMIN, AdminObserver.class);
    this.preRead = links(byHook, Hook.PRE_READ, ReadObserver.class);
    this.postRead = links(byHook, Hook.POST_READ, ReadObserver.class);
    this.onRoleChange = links(byHook, Hook.ON_ROLE_CHANGE, RoleObserver.class);
    this.onAppliedCurrentTerm = links(byHook, Hook.ON_APPLIED_CURRENT_TERM, RoleObserver.class);
    this.endpoints = links(byHook, Hook.QUERY, Endpoint.class);
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

  /** The endpoint of a plugin, which has one at most; null when it has none. */
  @Nullable Link<Endpoint> endpoint(String pluginId) {
    for (Link<Endpoint> link : endpoints) {
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

  private static <T> List<Link<T>> links(
      Map<Hook, List<Registration>> byHook, Hook hook, Class<T> type) {
    return byHook.getOrDefault(hook, List.of()).stream()
        .map(callee -> new Link<>(callee, type.cast(callee.observer)))
        .toList();
  }
}
