package dev.flotilla.sim.history;

import java.util.List;

/** Tries every order; for histories of a few operations. Shares nothing with the real checker. */
final class BruteForce {
  private final List<Operation> operations;

  private BruteForce(List<Operation> operations) {
    this.operations = operations;
  }

  static boolean isLinearizable(List<Operation> history) {
    return new BruteForce(history).extend(0, Operation.ABSENT);
  }

  private boolean extend(int taken, long value) {
    boolean complete = true;
    for (int i = 0; i < operations.size(); i++) {
      Operation operation = operations.get(i);
      if ((taken & 1 << i) != 0) {
        continue;
      }
      complete &= operation.isUnknown();
      if (!isBefore(taken, operation) && step(taken | 1 << i, operation, value)) {
        return true;
      }
    }
    return complete;
  }

  /** Whether somebody who is not taken returned before this one was called. */
  private boolean isBefore(int taken, Operation operation) {
    for (int i = 0; i < operations.size(); i++) {
      if ((taken & 1 << i) == 0 && operations.get(i).returnedAt() < operation.calledAt()) {
        return true;
      }
    }
    return false;
  }

  private boolean step(int taken, Operation operation, long value) {
    return switch (operation.kind()) {
      case GET -> (operation.isUnknown() || operation.output() == value) && extend(taken, value);
      case PUT -> extend(taken, operation.input());
      case DELETE -> extend(taken, Operation.ABSENT);
      case SWAP ->
          operation.expected() == value
              ? extend(taken, operation.input())
              : operation.isUnknown() && extend(taken, value);
      case FAILED_SWAP ->
          operation.output() == value && operation.expected() != value && extend(taken, value);
    };
  }
}
