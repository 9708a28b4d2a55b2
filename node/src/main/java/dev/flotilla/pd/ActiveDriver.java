package dev.flotilla.pd;

import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.raftstore.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * The driver while this store leads the system region: one generation. Every number that it gives
 * out is covered by a durable bound, and answered only after a read has shown that this leadership
 * still held when the number had been taken.
 */
final class ActiveDriver {
  private static final String CHANGED = "placement driver has changed";
  private static final String BUSY = "placement driver is busy";

  /** Ids given at once: more than any split takes, and too few for their numbers to run out. */
  private static final long IDS_MAX = 1 << 20;

  /** Requests for numbers that may wait; as long as no write gets through, clients ask on. */
  static final int WAITING_MAX = 65_536;

  private record Waiting<R>(long count, Answer<R> answer) {}

  /** An answer that waits for a confirmation of the leadership. */
  private record Unconfirmed(Runnable answer, Answer<?> failure) {}

  private final SystemRegion region;
  private final Clock clock;
  private final Runnable onDeposed;
  private final TimestampOracle oracle;
  private final IdAllocator ids;
  private final Stores stores;
  private final Operators operators;
  private final SafePoints safePoints;
  private final long recordBytesMax;
  private final ArrayDeque<Waiting<TimestampOracle.Timestamp>> timestamps = new ArrayDeque<>();
  private final ArrayDeque<Waiting<Long>> allocations = new ArrayDeque<>();
  private List<Unconfirmed> unconfirmed = new ArrayList<>();

  /** How many wait for the confirmation under way; 0 when there is none. */
  private int confirming;

  private boolean extendingBound;
  private boolean raisingWatermark;
  private boolean deposed;

  /**
   * @param durable what has been written by now, this generation's first command included
   * @param startMillis first millisecond of this generation's timestamps
   * @param onDeposed called once, when a command of this generation was refused
   */
  ActiveDriver(
      SystemRegion region,
      Clock clock,
      Records durable,
      RegionTree regions,
      PlacementRules rules,
      long startMillis,
      Runnable onDeposed) {
    this.region = region;
    this.clock = clock;
    this.onDeposed = onDeposed;
    this.oracle = new TimestampOracle(startMillis, durable.timestampBound());
    this.ids = new IdAllocator(durable.idWatermark());
    this.stores =
        new Stores(clock, rules.storeDownNanos(), durable.stores(), durable.incarnations());
    Forecast forecast = new Forecast(regions);
    ReplicaChecker checker = new ReplicaChecker(stores, rules::replicas, forecast::replicasOn);
    Balancer balancer = new Balancer(clock, stores, forecast, checker);
    this.operators = new Operators(clock, stores, checker, balancer, forecast, this::nextId);
    this.recordBytesMax = rules.recordBytesMax();
    this.safePoints = new SafePoints(durable.gcSafePoint(), durable.serviceSafePoints());
  }

  Stores stores() {
    return stores;
  }

  Operators operators() {
    return operators;
  }

  /** Whether {@code changes} are no more than may be put on record at once. */
  boolean takes(List<Request> changes) {
    return changes.stream().mapToLong(Request::getSerializedSize).sum() <= recordBytesMax;
  }

  private void nextId(LongConsumer taker, Runnable failed) {
    allocate(1, Answer.of(taker::accept, reason -> failed.run()));
  }

  SafePoints safePoints() {
    return safePoints;
  }

  /** Gives the last of {@code count} timestamps. */
  void timestamps(int count, Answer<TimestampOracle.Timestamp> answer) {
    if (count < 1 || count >= TimestampOracle.LOGICAL_MAX) {
      // Fewer than one would be taken back, and given to somebody else.
      answer.refused("count must be 1 to " + (TimestampOracle.LOGICAL_MAX - 1));
      return;
    }
    if (isFull()) {
      answer.unavailable(BUSY);
      return;
    }
    timestamps.add(new Waiting<>(count, answer));
    pumpTimestamps();
  }

  private boolean isFull() {
    return timestamps.size() + allocations.size() + unconfirmed.size() + confirming >= WAITING_MAX;
  }

  private void pumpTimestamps() {
    long wall = clock.unixMillis();
    while (!timestamps.isEmpty() && oracle.canTake((int) timestamps.peekFirst().count(), wall)) {
      Waiting<TimestampOracle.Timestamp> waiting = timestamps.removeFirst();
      TimestampOracle.Timestamp taken = oracle.take((int) waiting.count(), wall);
      confirm(() -> waiting.answer().done(taken), waiting.answer());
    }
    if (!extendingBound && (!timestamps.isEmpty() || oracle.isRunningOut(wall))) {
      extendingBound = true;
      long bound = oracle.nextBound(wall);
      write(
          List.of(Records.put(Records.TIMESTAMP_BOUND, bound)),
          () -> {
            extendingBound = false;
            oracle.extendTo(bound);
            pumpTimestamps();
          });
    }
  }

  /** Gives the first of {@code count} consecutive ids. */
  void allocate(long count, Answer<Long> answer) {
    if (count < 1 || count > IDS_MAX) {
      answer.refused("ids are given 1 to " + IDS_MAX + " at once");
      return;
    }
    if (isFull()) {
      answer.unavailable(BUSY);
      return;
    }
    allocations.add(new Waiting<>(count, answer));
    pumpIds();
  }

  private void pumpIds() {
    while (!allocations.isEmpty() && ids.canTake(allocations.peekFirst().count())) {
      Waiting<Long> waiting = allocations.removeFirst();
      long first = ids.take(waiting.count());
      confirm(() -> waiting.answer().done(first), waiting.answer());
    }
    if (!raisingWatermark && !allocations.isEmpty()) {
      raisingWatermark = true;
      long mark = ids.nextWatermark(allocations.peekFirst().count());
      write(
          List.of(Records.put(Records.ID_WATERMARK, mark)),
          () -> {
            raisingWatermark = false;
            ids.raiseTo(mark);
            pumpIds();
          });
    }
  }

  /**
   * Makes {@code changes} durable, then runs {@code then}, then answers.
   *
   * @param answer told when it cannot be done
   */
  void update(List<Request> changes, Runnable then, Answer<?> answer) {
    region.write(
        region.generation(),
        changes,
        refusal -> {
          if (deposed || refusal != null) {
            answer.unavailable(CHANGED);
            depose();
          } else {
            then.run();
          }
        });
  }

  private void write(List<Request> puts, Runnable then) {
    region.write(
        region.generation(),
        puts,
        refusal -> {
          if (refusal != null) {
            depose();
          } else if (!deposed) {
            then.run();
          }
        });
  }

  /**
   * Lets {@code answer} go once it is known that this leadership holds at a moment after now: a
   * successor's numbers all come later than that moment.
   */
  private void confirm(Runnable answer, Answer<?> failure) {
    unconfirmed.add(new Unconfirmed(answer, failure));
    if (confirming == 0) {
      startConfirming();
    }
  }

  private void startConfirming() {
    List<Unconfirmed> round = unconfirmed;
    confirming = round.size();
    unconfirmed = new ArrayList<>();
    region.read(
        grant -> {
          confirming = 0;
          if (grant == null || deposed) {
            round.forEach(each -> each.failure().unavailable(CHANGED));
            depose();
            return;
          }
          round.forEach(each -> each.answer().run());
          if (!unconfirmed.isEmpty()) {
            startConfirming();
          }
        });
  }

  /** This generation is over: answers everyone who waits. May be called again. */
  void depose() {
    if (!deposed) {
      deposed = true;
      onDeposed.run();
    }
    timestamps.forEach(waiting -> waiting.answer().unavailable(CHANGED));
    timestamps.clear();
    allocations.forEach(waiting -> waiting.answer().unavailable(CHANGED));
    allocations.clear();
    // Those of a read under way are answered when it comes back; these wait for another.
    unconfirmed.forEach(each -> each.failure().unavailable(CHANGED));
    unconfirmed.clear();
  }
}
