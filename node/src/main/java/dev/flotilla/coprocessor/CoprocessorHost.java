package dev.flotilla.coprocessor;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.api.CmdObserver;
import dev.flotilla.coprocessor.api.RegionChange;
import dev.flotilla.coprocessor.api.RegionChangeObserver;
import dev.flotilla.coprocessor.api.Role;
import dev.flotilla.coprocessor.api.RoleObserver;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.raftstore.Refusal;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Calls the observers of the published chain around commands.
 *
 * <p>Safe for use by several threads; each method says whose it is. While nobody observes a hook,
 * its method is one volatile read and a branch and allocates nothing. Otherwise the call is counted
 * in the chain, two atomic additions, so that whoever replaces it knows when it has ended.
 */
public final class CoprocessorHost {
  private volatile Chain chain;

  private CoprocessorHost(Chain chain) {
    this.chain = chain;
  }

  /** A host that runs the built-in observers only. */
  public static CoprocessorHost withBuiltIns() {
    return new CoprocessorHost(Chain.of(List.of()));
  }

  /**
   * Makes {@code next}, which was not published before, the chain of all calls that begin from now
   * on. One thread at a time.
   *
   * @return the chain before, which calls under way go on with: see {@link Chain#isUnused}
   */
  public Chain publish(Chain next) {
    Chain before = chain;
    chain = next;
    before.retire();
    return before;
  }

  /** Begins a call through the chain of this moment, to be ended by {@link Chain#leave}. */
  private Chain enter() {
    Chain current = chain;
    while (!current.enter()) {
      current = chain;
    }
    return current;
  }

  public Chain chain() {
    return chain;
  }

  /** Every coprocessor in the order of calls, then the plugins that are not in use. Any thread. */
  public List<CoprocessorStatus> status() {
    return chain.status();
  }

  /**
   * Called on the leader before a write is proposed. Store loop.
   *
   * @return what to propose: {@code command} itself when nothing was edited
   * @throws Refusal.Rejected when an observer refused it, or failed and must not be passed over
   */
  public RaftCmdRequest preProposeQuery(Region region, long term, RaftCmdRequest command) {
    if (!chain.observes(Hook.PRE_PROPOSE_QUERY)) {
      return command;
    }
    Chain current = enter();
    try {
      return ProposeCalls.query(current, region, term, command);
    } finally {
      current.leave();
    }
  }

  /**
   * Called on the leader before an admin command is proposed, or leadership is transferred. Store
   * loop.
   *
   * @return what to propose: {@code admin} itself when nothing was edited
   * @throws Refusal.Rejected when an observer refused it, or failed and must not be passed over
   */
  public AdminRequest preProposeAdmin(Region region, long term, AdminRequest admin) {
    if (!chain.observes(Hook.PRE_PROPOSE_ADMIN)) {
      return admin;
    }
    Chain current = enter();
    try {
      return ProposeCalls.admin(current, region, term, admin);
    } finally {
      current.leave();
    }
  }

  /** Whether anybody looks at commands at apply; if not, the calls may be left out. */
  public boolean observesApply() {
    Chain current = chain;
    return current.observes(Hook.PRE_APPLY_QUERY)
        || current.observes(Hook.POST_APPLY_QUERY)
        || current.observes(Hook.PRE_APPLY_ADMIN)
        || current.observes(Hook.POST_APPLY_ADMIN);
  }

  /**
   * Called on every replica before a committed command is applied. Apply worker. Never throws for
   * what an observer does.
   *
   * @param stampMillis the entry's time, unix milliseconds
   */
  public void preApply(
      Region region, long index, long term, long stampMillis, RaftCmdRequest command) {
    if (!chain.observes(command.hasAdminRequest() ? Hook.PRE_APPLY_ADMIN : Hook.PRE_APPLY_QUERY)) {
      return;
    }
    Chain current = enter();
    try {
      ApplyCalls.before(current, region, index, term, stampMillis, command);
    } finally {
      current.leave();
    }
  }

  /**
   * Called on every replica after a command was applied, before the client is answered. Apply
   * worker. Never throws for what an observer does.
   *
   * @param region the region as it was before the command
   * @param proposer whether the client waits at this replica; elsewhere edits have no effect
   * @return what to answer: {@code response} itself when nothing was edited
   */
  public RaftCmdResponse postApply(
      Region region,
      long index,
      long term,
      RaftCmdRequest command,
      RaftCmdResponse response,
      boolean proposer) {
    if (!chain.observes(
        command.hasAdminRequest() ? Hook.POST_APPLY_ADMIN : Hook.POST_APPLY_QUERY)) {
      return response;
    }
    Chain current = enter();
    try {
      return ApplyCalls.after(current, region, index, term, command, response, proposer);
    } finally {
      current.leave();
    }
  }

  /** Whether anybody is shown batches of what was applied; if not, none need be collected. */
  public boolean observesBatches() {
    return chain.observes(Hook.ON_FLUSH_APPLIED_CMD_BATCH);
  }

  /** Takes what was applied to those who are shown batches. Apply worker. Never throws. */
  public void onApplied(AppliedCommands batch) {
    if (!observesBatches()) {
      return;
    }
    Chain current = enter();
    try {
      feed(current.links(Hook.ON_FLUSH_APPLIED_CMD_BATCH, CmdObserver.class), batch);
    } finally {
      current.leave();
    }
  }

  /** The same for those of {@code newcomers} that are shown batches, and are still in use. */
  public void show(Set<Registration> newcomers, AppliedCommands batch) {
    Chain current = enter();
    try {
      feed(of(newcomers, current.links(Hook.ON_FLUSH_APPLIED_CMD_BATCH, CmdObserver.class)), batch);
    } finally {
      current.leave();
    }
  }

  private static void feed(List<Link<CmdObserver>> fed, AppliedCommands batch) {
    fed.forEach(link -> link.owner().feed().offer(batch));
  }

  /** Whether anybody looks at reads; if not, no {@link ReadCall} need be built. */
  public boolean observesReads() {
    Chain current = chain;
    return current.observes(Hook.PRE_READ) || current.observes(Hook.POST_READ);
  }

  /**
   * Called before data is read. Any read thread.
   *
   * @return what to read: {@code call} itself when nothing was edited
   * @throws Refusal.Rejected when an observer refused it, or failed and must not be passed over
   */
  public ReadCall preRead(Region region, long term, ReadCall call) {
    if (!chain.observes(Hook.PRE_READ)) {
      return call;
    }
    Chain current = enter();
    try {
      return ReadCalls.before(current, region, term, call);
    } finally {
      current.leave();
    }
  }

  /**
   * Called after data was read, before the client is answered. Any read thread.
   *
   * <p>Observers may hide pairs: of a get the value becomes null, of a scan the pair is left out. A
   * scan that found as many pairs as its limit and comes back shorter must be gone on with, after
   * the last pair found, or the client takes it for the end of the range.
   *
   * @param call what was read, as {@link #preRead} returned it
   * @param found for a get one pair a key, for a scan the pairs in its direction
   * @return what to answer: {@code found} itself when nothing was edited
   * @throws Refusal.Rejected when an observer refused it, or failed and must not be passed over
   */
  public List<ReadPair> postRead(Region region, long term, ReadCall call, List<ReadPair> found) {
    if (!chain.observes(Hook.POST_READ)) {
      return found;
    }
    Chain current = enter();
    try {
      return ReadCalls.after(current, region, term, call, found);
    } finally {
      current.leave();
    }
  }

  /**
   * Has an endpoint answer a client. Any read thread.
   *
   * @param data of the region, open for the time of the call
   * @return what to tell the client
   * @throws Refusal.Rejected when there is no such endpoint, or it refused or failed
   */
  public ByteString query(Region region, long term, EndpointQuery query, EndpointData data) {
    Chain current = enter();
    try {
      return EndpointCalls.query(current, region, term, query, data);
    } finally {
      current.leave();
    }
  }

  /** Called when this store's replica gains or loses leadership. Store loop. Never throws. */
  public void onRoleChange(Region region, long term, boolean leader) {
    if (!chain.observes(Hook.ON_ROLE_CHANGE)) {
      return;
    }
    Chain current = enter();
    try {
      RoleCalls.changed(
          current.links(Hook.ON_ROLE_CHANGE, RoleObserver.class), region, term, leader);
    } finally {
      current.leave();
    }
  }

  /** Called once a new leader has applied an entry of its term. Store loop. Never throws. */
  public void onAppliedCurrentTerm(Region region, long term) {
    if (!chain.observes(Hook.ON_APPLIED_CURRENT_TERM)) {
      return;
    }
    Chain current = enter();
    try {
      RoleCalls.caughtUp(
          current.links(Hook.ON_APPLIED_CURRENT_TERM, RoleObserver.class), region, term);
    } finally {
      current.leave();
    }
  }

  /** Called when a replica of a region begins, changes or has gone. Store loop. Never throws. */
  public void onRegionChanged(Region region, long term, RegionChange change) {
    if (!chain.observes(Hook.ON_REGION_CHANGED)) {
      return;
    }
    Chain current = enter();
    try {
      RegionCalls.changed(
          current.links(Hook.ON_REGION_CHANGED, RegionChangeObserver.class), region, term, change);
    } finally {
      current.leave();
    }
  }

  /**
   * Called before a snapshot takes the place of a replica's data. Snapshot worker. Never throws.
   *
   * @param index of the last entry that the snapshot stands for
   * @param term of that entry
   */
  public void preApplySnapshot(Region region, long index, long term) {
    snapshot(Hook.PRE_APPLY_SNAPSHOT, region, index, term);
  }

  /** Called once the snapshot's data is there. Snapshot worker. Never throws. */
  public void postApplySnapshot(Region region, long index, long term) {
    snapshot(Hook.POST_APPLY_SNAPSHOT, region, index, term);
  }

  /** Called instead when nothing comes of the snapshot. Snapshot worker. Never throws. */
  public void cancelApplySnapshot(Region region, long index, long term) {
    snapshot(Hook.CANCEL_APPLY_SNAPSHOT, region, index, term);
  }

  private void snapshot(Hook hook, Region region, long index, long term) {
    if (!chain.observes(hook)) {
      return;
    }
    Chain current = enter();
    try {
      RegionCalls.snapshot(current, hook, region, index, term);
    } finally {
      current.leave();
    }
  }

  /**
   * Called on the leader before it is chosen where the region is cut. Thread of split checks. Never
   * throws.
   *
   * @return to show the region's keys to, and to close; null when nobody wants to see them
   */
  public @Nullable SplitCheckCalls splitCheck(Region region, long term) {
    return chain.observes(Hook.SPLIT_CHECKER) ? SplitCheckCalls.begin(enter(), region, term) : null;
  }

  /**
   * Called for each region with a replica here when {@code newcomers} have come into use. They may
   * have heard of it already, if it changed meanwhile. Those that are shown batches hear of it by
   * {@link #show} as well, as what is applied is ahead of this. Store loop. Never throws.
   */
  public void introduce(
      Set<Registration> newcomers, Region region, long term, boolean leads, boolean caughtUp) {
    Chain current = enter();
    try {
      RegionCalls.changed(
          of(newcomers, current.links(Hook.ON_REGION_CHANGED, RegionChangeObserver.class)),
          region,
          term,
          new RegionChange(RegionChange.Kind.CREATED, leads ? Role.LEADER : Role.FOLLOWER));
      if (leads) {
        RoleCalls.changed(
            of(newcomers, current.links(Hook.ON_ROLE_CHANGE, RoleObserver.class)),
            region,
            term,
            true);
      }
      if (leads && caughtUp) {
        RoleCalls.caughtUp(
            of(newcomers, current.links(Hook.ON_APPLIED_CURRENT_TERM, RoleObserver.class)),
            region,
            term);
      }
    } finally {
      current.leave();
    }
  }

  /** Those of {@code links} that are among {@code owners}. */
  private static <T> List<Link<T>> of(Set<Registration> owners, List<Link<T>> links) {
    return links.stream().filter(link -> owners.contains(link.owner())).toList();
  }
}
