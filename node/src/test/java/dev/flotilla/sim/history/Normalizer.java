package dev.flotilla.sim.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes away from a history what cannot matter. Sound because every written value is written once:
 * a write of unknown outcome that nobody saw may as well never have happened, and one that was seen
 * happened before whoever saw it returned.
 */
final class Normalizer {
  private Normalizer() {}

  /** Returns an equivalent history in order of calls. */
  static List<Operation> normalize(List<Operation> history) {
    List<Operation> kept = withoutUnseen(history);
    tighten(kept);
    kept.sort((a, b) -> Long.compare(a.calledAt(), b.calledAt()));
    return kept;
  }

  /** An unknown swap that is kept has itself seen what it expected, hence the rounds. */
  private static List<Operation> withoutUnseen(List<Operation> history) {
    List<Operation> kept = new ArrayList<>();
    List<Operation> open = new ArrayList<>();
    Set<Long> seen = new HashSet<>();
    for (Operation operation : history) {
      if (!operation.isUnknown()) {
        keep(operation, kept, seen);
      } else if (operation.kind() == Operation.Kind.DELETE) {
        kept.add(operation);
      } else if (operation.writesValue()) {
        open.add(operation);
      }
    }
    for (boolean more = true; more; ) {
      more = false;
      List<Operation> stillOpen = new ArrayList<>();
      for (Operation operation : open) {
        if (seen.contains(operation.input())) {
          keep(operation, kept, seen);
          more = true;
        } else {
          stillOpen.add(operation);
        }
      }
      open = stillOpen;
    }
    return kept;
  }

  private static void keep(Operation operation, List<Operation> kept, Set<Long> seen) {
    kept.add(operation);
    if (operation.needsValue()) {
      seen.add(operation.needed());
    }
  }

  private static void tighten(List<Operation> kept) {
    Map<Long, Long> seenBy = new HashMap<>();
    for (boolean more = true; more; ) {
      more = false;
      seenBy.clear();
      for (Operation operation : kept) {
        if (operation.needsValue()) {
          seenBy.merge(operation.needed(), operation.returnedAt(), Math::min);
        }
      }
      for (int i = 0; i < kept.size(); i++) {
        Operation operation = kept.get(i);
        Long by = operation.writesValue() ? seenBy.get(operation.input()) : null;
        if (by != null && by < operation.returnedAt()) {
          kept.set(i, operation.returningBy(by));
          more = true;
        }
      }
    }
  }
}
