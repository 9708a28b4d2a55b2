package dev.flotilla.raftstore.peer;

import dev.flotilla.raft.EntryList;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Invariants;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.apply.Proposal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Proposals of the current leadership: who waits for them until the apply worker takes over, and
 * when they were made, to renew the lease when one commits.
 *
 * <p>Invariant: (term, index) strictly increases from head to tail.
 */
final class ProposalQueue {
  private record Made(long term, long index, long atNanos) {
    boolean precedes(long otherTerm, long otherIndex) {
      return term < otherTerm || (term == otherTerm && index < otherIndex);
    }
  }

  private final ArrayDeque<Made> made = new ArrayDeque<>();
  private List<Proposal> waiting = new ArrayList<>();

  void push(long term, long index, long nowNanos, Callback callback) {
    Made last = made.peekLast();
    Invariants.check(last == null || last.precedes(term, index), "proposals out of order");
    made.addLast(new Made(term, index, nowNanos));
    waiting.add(new Proposal(index, term, callback));
  }

  /** Takes those who wait and have not been handed to the apply worker. */
  List<Proposal> takeWaiting() {
    if (waiting.isEmpty()) {
      return List.of();
    }
    List<Proposal> taken = waiting;
    waiting = new ArrayList<>();
    return taken;
  }

  /**
   * Returns when the newest of {@code committed} that was proposed here was proposed, forgetting
   * everything up to it; empty when another leader proposed them all.
   */
  OptionalLong takeProposeTime(EntryList committed) {
    OptionalLong newest = OptionalLong.empty();
    long term = committed.last().term();
    long index = committed.last().index();
    while (!made.isEmpty()) {
      Made head = made.peekFirst();
      if (!head.precedes(term, index + 1)) {
        break;
      }
      made.removeFirst();
      // Log matching: an entry of this term and index, at or before the last committed one, is in
      // the committed log if the term is the last one's.
      if (head.term() == term) {
        newest = OptionalLong.of(head.atNanos());
      }
    }
    return newest;
  }

  /** Leadership is gone: a later one renews its lease by being elected, not from these. */
  void forgetTimes() {
    made.clear();
  }

  /** The peer is going away; their entries may commit elsewhere. */
  void refuseWaiting() {
    for (Proposal proposal : takeWaiting()) {
      proposal.callback().refused(new Refusal.Undetermined("the replica is going away"));
    }
    made.clear();
  }
}
