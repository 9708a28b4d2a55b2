package dev.flotilla.coprocessor;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.raftstore.Refusal;
import java.util.List;
import java.util.Set;

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
      RoleCalls.changed(current.onRoleChange, region, term, leader);
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
      RoleCalls.caughtUp(current.onAppliedCurrentTerm, region, term);
    } finally {
      current.leave();
    }
  }

  /**
   * Called for each region that this store leads when {@code newcomers} have come into use. They
   * may have heard of it already, if it changed meanwhile. Store loop. Never throws.
   *
   * @param caughtUp whether the leader has applied an entry of its term
   */
  public void introduce(Set<Registration> newcomers, Region region, long term, boolean caughtUp) {
    Chain current = enter();
    try {
      RoleCalls.changed(RoleCalls.of(current.onRoleChange, newcomers), region, term, true);
      if (caughtUp) {
        RoleCalls.caughtUp(RoleCalls.of(current.onAppliedCurrentTerm, newcomers), region, term);
      }
    } finally {
      current.leave();
    }
  }
}
