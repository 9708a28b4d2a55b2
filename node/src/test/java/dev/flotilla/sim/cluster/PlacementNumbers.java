package dev.flotilla.sim.cluster;

import dev.flotilla.pd.Answer;
import dev.flotilla.pd.TimestampOracle;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Invariants of what drivers give out, over all of them: no id twice, and every timestamp is
 * greater than all that had been answered when it was asked for.
 */
final class PlacementNumbers {
  private final Set<Long> ids = new HashSet<>();
  private final Tally tally;
  private long lastTimestamp;

  PlacementNumbers(Tally tally) {
    this.tally = tally;
  }

  /** Where the driver's answer to a request for {@code count} ids goes. */
  Answer<Long> ids(long count, LongConsumer taker) {
    return Answer.of(
        first -> {
          for (long id = first; id < first + count; id++) {
            Violation.check(ids.add(id), "the id %d was given twice", id);
          }
          tally.add("ids given");
          taker.accept(first);
        },
        reason -> tally.add("ids refused"));
  }

  /** Where the driver's answer to a request for {@code count} timestamps goes; made when asking. */
  Answer<TimestampOracle.Timestamp> timestamps(int count) {
    long floor = lastTimestamp;
    return Answer.of(
        last -> {
          long lastGiven = (last.physical() << 18) + last.logical();
          Violation.check(
              lastGiven - count >= floor,
              "timestamps up to %d were asked for when %d had been given",
              lastGiven,
              floor);
          lastTimestamp = Math.max(lastTimestamp, lastGiven);
          tally.add("timestamps given");
        },
        reason -> tally.add("timestamps refused"));
  }
}
