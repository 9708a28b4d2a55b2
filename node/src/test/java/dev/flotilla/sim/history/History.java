package dev.flotilla.sim.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All operations of a run, by key, in one order of calls and answers. */
public final class History {
  /** A search that takes longer than this is a failure of the run. */
  private static final long STEPS_MAX = 3_000_000;

  private final Map<String, List<Operation>> byKey = new TreeMap<>();
  private long now;

  /** Position of a call or an answer that happens now. */
  public long next() {
    return ++now;
  }

  public void add(String key, Operation operation) {
    byKey.computeIfAbsent(key, unseen -> new ArrayList<>()).add(operation);
  }

  public int size() {
    return byKey.values().stream().mapToInt(List::size).sum();
  }

  /** Operations of a key, in the order in which they were added. */
  public List<Operation> of(String key) {
    return List.copyOf(byKey.getOrDefault(key, List.of()));
  }

  /** Checks every key; returns what is wrong, empty when nothing is. */
  public List<String> violations() {
    List<String> found = new ArrayList<>();
    byKey.forEach(
        (key, operations) -> {
          Verdict verdict = LinearizabilityChecker.check(operations, STEPS_MAX);
          if (verdict != Verdict.LINEARIZABLE) {
            found.add("history of " + key + " is " + verdict + shortest(operations, verdict));
          }
        });
    return found;
  }

  /** The operations up to the first answer with which the history is illegal. */
  private static String shortest(List<Operation> operations, Verdict verdict) {
    if (verdict != Verdict.ILLEGAL) {
      return "";
    }
    List<Long> answers =
        operations.stream()
            .map(Operation::returnedAt)
            .filter(at -> at != Operation.NEVER)
            .sorted()
            .toList();
    int low = 0;
    int high = answers.size() - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      List<Operation> until = until(operations, answers.get(middle));
      if (LinearizabilityChecker.check(until, STEPS_MAX) == Verdict.ILLEGAL) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    List<Operation> until = until(operations, answers.get(low));
    StringBuilder text = new StringBuilder(", by the last of\n");
    until.stream()
        .sorted((a, b) -> Long.compare(a.calledAt(), b.calledAt()))
        .skip(Math.max(0, until.size() - 25))
        .forEach(operation -> text.append("    ").append(operation).append('\n'));
    return text.toString();
  }

  /** The history as it was known at a moment: whoever had no answer yet is unknown. */
  private static List<Operation> until(List<Operation> operations, long at) {
    List<Operation> known = new ArrayList<>();
    for (Operation operation : operations) {
      if (operation.returnedAt() <= at) {
        known.add(operation);
      } else if (operation.calledAt() <= at && operation.kind() != Operation.Kind.FAILED_SWAP) {
        known.add(
            new Operation(
                operation.kind(),
                operation.client(),
                operation.expected(),
                operation.input(),
                operation.output(),
                operation.calledAt(),
                Operation.NEVER));
      }
    }
    return known;
  }
}
