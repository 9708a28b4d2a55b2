package dev.flotilla.sim.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether a history of one key could have been seen of a single register: the search of Wing and
 * Gong with the memory of Lowe, over a {@linkplain Normalizer normalized} history.
 *
 * <p>Two reductions, both resting on values being unique: a read that fits the present value is
 * taken at once, without trying to take it later; and a value is not left while somebody still
 * needs it, as it cannot come back. The absent value can, by a delete.
 */
public final class LinearizabilityChecker {
  private record Visited(BitSet taken, long value) {}

  /** What to undo: the operation taken, the value before, and the reads taken after it. */
  private static final class Choice {
    final int operation;
    final long valueBefore;
    final List<Integer> reads = new ArrayList<>();

    Choice(int operation, long valueBefore) {
      this.operation = operation;
      this.valueBefore = valueBefore;
    }
  }

  private final List<Operation> operations;
  private final long steps;
  private final boolean hasDelete;

  /** Not taken yet, in order of calls; slot 0 is the head. */
  private final int[] next;

  private final int[] previous;
  private final BitSet taken;
  private final Map<Long, Integer> needs = new HashMap<>();
  private final Set<Visited> visited = new HashSet<>();
  private long value = Operation.ABSENT;
  private int mustTake;

  private LinearizabilityChecker(List<Operation> operations, long steps) {
    this.operations = operations;
    this.steps = steps;
    this.taken = new BitSet(operations.size());
    this.next = new int[operations.size() + 1];
    this.previous = new int[operations.size() + 1];
    boolean deletes = false;
    for (int i = 0; i < operations.size(); i++) {
      Operation operation = operations.get(i);
      next[i] = i + 1;
      previous[i + 1] = i;
      deletes |= operation.kind() == Operation.Kind.DELETE;
      if (!operation.isUnknown()) {
        mustTake++;
      }
      if (operation.needsValue()) {
        needs.merge(operation.needed(), 1, Integer::sum);
      }
    }
    next[operations.size()] = 0;
    hasDelete = deletes;
  }

  /**
   * Checks the history of one key that was absent at first.
   *
   * @param steps tries after which the search is given up
   */
  public static Verdict check(List<Operation> history, long steps) {
    return new LinearizabilityChecker(Normalizer.normalize(history), steps).search();
  }

  private Verdict search() {
    ArrayDeque<Choice> path = new ArrayDeque<>();
    Choice root = new Choice(-1, value);
    takeReads(root);
    path.push(root);
    int candidate = next[0];
    long returnBound = Long.MAX_VALUE;
    for (long step = 0; mustTake > 0; step++) {
      if (step == steps) {
        return Verdict.UNDECIDED;
      }
      boolean enabled = candidate != 0 && operations.get(candidate - 1).calledAt() <= returnBound;
      if (!enabled) {
        Choice undone = path.pop();
        undo(undone);
        if (undone.operation < 0) {
          return Verdict.ILLEGAL;
        }
        candidate = next[undone.operation + 1];
        returnBound = returnBoundBefore(candidate);
        continue;
      }
      int index = candidate - 1;
      Operation operation = operations.get(index);
      if (mayFollow(operation)) {
        Choice choice = new Choice(index, value);
        take(index);
        value = operation.result();
        takeReads(choice);
        if (visited.add(new Visited((BitSet) taken.clone(), value))) {
          path.push(choice);
          candidate = next[0];
          returnBound = Long.MAX_VALUE;
          continue;
        }
        undo(choice);
      }
      returnBound = Math.min(returnBound, operation.returnedAt());
      candidate = next[candidate];
    }
    return Verdict.LINEARIZABLE;
  }

  /** The earliest return among those not taken that were called before {@code slot}. */
  private long returnBoundBefore(int slot) {
    long bound = Long.MAX_VALUE;
    for (int at = next[0]; at != 0 && at != slot; at = next[at]) {
      bound = Math.min(bound, operations.get(at - 1).returnedAt());
    }
    return bound;
  }

  private boolean mayFollow(Operation operation) {
    if (operation.isRead()) {
      return false;
    }
    if (operation.kind() == Operation.Kind.SWAP && operation.expected() != value) {
      return false;
    }
    if (operation.kind() == Operation.Kind.DELETE && operation.isUnknown() && value == 0) {
      return false;
    }
    if (value == Operation.ABSENT && (hasDelete || operation.kind() == Operation.Kind.DELETE)) {
      return true;
    }
    int others = needs.getOrDefault(value, 0);
    return others == (operation.kind() == Operation.Kind.SWAP ? 1 : 0);
  }

  /** Takes every read that fits and whose turn it may be. */
  private void takeReads(Choice choice) {
    for (boolean more = true; more; ) {
      more = false;
      long bound = Long.MAX_VALUE;
      for (int at = next[0]; at != 0; at = next[at]) {
        Operation operation = operations.get(at - 1);
        if (operation.calledAt() > bound) {
          break;
        }
        if (operation.isRead() && operation.fits(value)) {
          take(at - 1);
          choice.reads.add(at - 1);
          more = true;
        } else {
          bound = Math.min(bound, operation.returnedAt());
        }
      }
    }
  }

  private void take(int index) {
    Operation operation = operations.get(index);
    int slot = index + 1;
    next[previous[slot]] = next[slot];
    previous[next[slot]] = previous[slot];
    taken.set(index);
    count(operation, -1);
  }

  private void undo(Choice choice) {
    for (int i = choice.reads.size() - 1; i >= 0; i--) {
      putBack(choice.reads.get(i));
    }
    if (choice.operation >= 0) {
      putBack(choice.operation);
    }
    value = choice.valueBefore;
  }

  private void putBack(int index) {
    int slot = index + 1;
    next[previous[slot]] = slot;
    previous[next[slot]] = slot;
    taken.clear(index);
    count(operations.get(index), 1);
  }

  private void count(Operation operation, int by) {
    if (!operation.isUnknown()) {
      mustTake += by;
    }
    if (operation.needsValue()) {
      needs.merge(operation.needed(), by, Integer::sum);
    }
  }
}
