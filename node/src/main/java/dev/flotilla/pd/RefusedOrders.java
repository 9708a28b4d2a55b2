package dev.flotilla.pd;

import dev.flotilla.raftstore.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was refused of the driver's orders, the newest word of each region and kind, for people:
 * whoever gave an order does not hear how it was taken. On the driver's thread.
 */
final class RefusedOrders {
  private static final int WORDS_MAX = 1024;
  private static final long LIFE_NANOS = Duration.ofMinutes(10).toNanos();

  /** Kept apart, as what the driver does by itself is no answer to what people want. */
  private enum Kind {
    /** Of an operator, which is tried again. */
    STEP,
    /** Of an operator, which was given up for it. */
    GIVEN_UP,
    /** Of no operator. */
    ONCE
  }

  private record Order(long regionId, Kind kind) {}

  private record Word(String text, @Nullable Operator operator, long heardNanos) {}

  /**
   * An order that does not come again.
   *
   * @param operator what it was a step of, if of any
   */
  record Ended(long regionId, @Nullable Operator operator, String text) {}

  private final Clock clock;

  /** Oldest word first. */
  private final Map<Order, Word> words = new LinkedHashMap<>();

  RefusedOrders(Clock clock) {
    this.clock = clock;
  }

  /** An order that is given once was refused. */
  void onOnce(long regionId, String text) {
    put(new Order(regionId, Kind.ONCE), text, null);
  }

  /** {@code operator} is given up because a step of it was refused. */
  void onGivenUp(Operator operator, String text) {
    put(new Order(operator.regionId(), Kind.GIVEN_UP), text, operator);
  }

  /** A step of {@code operator} was refused. */
  void onStep(Operator operator, String text) {
    put(new Order(operator.regionId(), Kind.STEP), text, operator);
  }

  private void put(Order order, String text, @Nullable Operator operator) {
    words.remove(order);
    words.put(order, new Word(text, operator, clock.nanos()));
    if (words.size() > WORDS_MAX) {
      words.remove(words.keySet().iterator().next());
    }
  }

  /** The region gets another order. */
  void forget(long regionId) {
    for (Kind kind : Kind.values()) {
      words.remove(new Order(regionId, kind));
    }
  }

  /** The newest word of {@code operator}; empty when there is none. */
  String ofOperator(Operator operator) {
    Word word = words.get(new Order(operator.regionId(), Kind.STEP));
    return word == null || !operator.equals(word.operator) ? "" : word.text;
  }

  /** Orders that do not come again, oldest first, without those that are old. */
  List<Ended> ended() {
    long now = clock.nanos();
    words.values().removeIf(word -> now - word.heardNanos > LIFE_NANOS);
    List<Ended> ended = new ArrayList<>();
    words.forEach(
        (order, word) -> {
          if (order.kind != Kind.STEP) {
            ended.add(new Ended(order.regionId, word.operator, word.text));
          }
        });
    return ended;
  }
}
