package dev.flotilla.raftstore.apply;

import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Invariants;
import dev.flotilla.raftstore.Refusal;
import java.util.ArrayDeque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for which entry of one region.
 *
 * <p>Invariant: (term, index) strictly increases from head to tail, so an entry that passes the
 * head by has overtaken it: the head's entry was replaced by another leader's and will never be
 * applied.
 */
final class PendingCommands {
  private final ArrayDeque<Proposal> waiting = new ArrayDeque<>();

  void add(Proposal proposal) {
    Proposal last = waiting.peekLast();
    Invariants.check(
        last == null
            || last.term() < proposal.term()
            || (last.term() == proposal.term() && last.index() < proposal.index()),
        "proposals out of order");
    waiting.addLast(proposal);
  }

  /** Takes the callback of exactly this entry; answers those that the entry has overtaken. */
  @Nullable Callback take(long index, long term) {
    while (true) {
      Proposal head = waiting.peekFirst();
      if (head == null || head.term() > term || (head.term() == term && head.index() > index)) {
        return null;
      }
      waiting.removeFirst();
      if (head.term() == term && head.index() == index) {
        return head.callback();
      }
      head.callback().refused(new Refusal.StaleCommand());
    }
  }

  /** An entry of {@code term} was applied: commands of older terms beyond it were lost. */
  void refuseOlderThan(long term) {
    while (true) {
      Proposal head = waiting.peekFirst();
      if (head == null || head.term() >= term) {
        return;
      }
      waiting.removeFirst();
      head.callback().refused(new Refusal.StaleCommand());
    }
  }

  /** Answers everyone with a refusal each. */
  void refuseAll(Supplier<Refusal> refusal) {
    for (Proposal head = waiting.pollFirst(); head != null; head = waiting.pollFirst()) {
      head.callback().refused(refusal.get());
    }
  }
}
