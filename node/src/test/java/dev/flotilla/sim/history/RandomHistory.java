package dev.flotilla.sim.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Histories of a register that really is one, unless {@code staleOdds} says otherwise. */
final class RandomHistory {
  private static final class Pending {
    final int client;
    final Operation.Kind kind;
    final long calledAt;
    long expected;
    long input;
    long output;
    boolean done;

    Pending(int client, Operation.Kind kind, long calledAt) {
      this.client = client;
      this.kind = kind;
      this.calledAt = calledAt;
    }
  }

  private final Random random;
  private final List<Operation> operations = new ArrayList<>();
  private final List<Pending> pending = new ArrayList<>();
  private final List<Long> past = new ArrayList<>();
  private final double staleOdds;
  private final double unknownOdds;
  private final boolean deletes;
  private long now;
  private long value;
  private long lastValue;

  RandomHistory(long seed, double staleOdds, double unknownOdds, boolean deletes) {
    this.random = new Random(seed);
    this.staleOdds = staleOdds;
    this.unknownOdds = unknownOdds;
    this.deletes = deletes;
    past.add(Operation.ABSENT);
  }

  List<Operation> generate(int clients, int count) {
    int called = 0;
    while (called < count || !pending.isEmpty()) {
      int dice = random.nextInt(3);
      if (dice == 0 && called < count && pending.size() < clients) {
        pending.add(call(called++));
      } else if (!pending.isEmpty()) {
        Pending one = pending.get(random.nextInt(pending.size()));
        if (dice == 1 && !one.done) {
          happen(one);
        } else if (dice == 2) {
          answer(one);
        }
      }
    }
    return operations;
  }

  private Pending call(int client) {
    Operation.Kind[] kinds = {
      Operation.Kind.GET,
      Operation.Kind.GET,
      Operation.Kind.PUT,
      Operation.Kind.SWAP,
      deletes ? Operation.Kind.DELETE : Operation.Kind.PUT
    };
    Pending one = new Pending(client, kinds[random.nextInt(kinds.length)], ++now);
    one.input = ++lastValue;
    one.expected = random.nextInt(4) == 0 ? past.get(random.nextInt(past.size())) : value;
    return one;
  }

  private void happen(Pending one) {
    one.done = true;
    boolean stale = random.nextDouble() < staleOdds;
    one.output = stale ? past.get(random.nextInt(past.size())) : value;
    switch (one.kind) {
      case PUT -> value = one.input;
      case DELETE -> value = Operation.ABSENT;
      case SWAP -> value = one.expected == one.output ? one.input : value;
      default -> {}
    }
    past.add(value);
  }

  private void answer(Pending one) {
    boolean unknown = random.nextDouble() < unknownOdds;
    if (!one.done && !unknown) {
      happen(one);
    }
    pending.remove(one);
    Operation.Kind kind = one.kind;
    if (kind == Operation.Kind.SWAP && !unknown && one.output != one.expected) {
      kind = Operation.Kind.FAILED_SWAP;
    }
    operations.add(
        new Operation(
            kind,
            one.client,
            one.expected,
            one.input,
            one.output,
            one.calledAt,
            unknown ? Operation.NEVER : ++now));
  }
}
