package dev.flotilla.pd;

import dev.flotilla.raftstore.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What plugins refused of the driver's orders, the newest word of each region, for people: whoever
 * gave an order does not hear how it was taken. Steps of operators and orders that are given once
 * are kept apart, as the driver's own steps come again and again. On the driver's thread.
 */
final class RefusedOrders {
  private static final int WORDS_MAX = 1024;
  private static final long LIFE_NANOS = Duration.ofMinutes(10).toNanos();

  private record Order(long regionId, boolean once) {}

  private record Word(String text, @Nullable Operator operator, long heardNanos) {}

  private final Clock clock;

  /** Oldest word first. */
  private final Map<Order, Word> words = new LinkedHashMap<>();

  RefusedOrders(Clock clock) {
    this.clock = clock;
  }

  /** An order that was given once was refused. */
  void onOnce(long regionId, String text) {
    put(new Order(regionId, true), text, null);
  }

  /** A step of {@code operator} was refused. */
  void onStep(Operator operator, String text) {
    put(new Order(operator.regionId(), false), text, operator);
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
    words.remove(new Order(regionId, true));
    words.remove(new Order(regionId, false));
  }

  /** The newest word of {@code operator}; empty when there is none. */
  String ofOperator(Operator operator) {
    Word word = words.get(new Order(operator.regionId(), false));
    return word == null || !operator.equals(word.operator) ? "" : word.text;
  }

  /** Of orders that were given once, by region, without those that are old. */
  Map<Long, String> ofOnce() {
    long now = clock.nanos();
    words.values().removeIf(word -> now - word.heardNanos > LIFE_NANOS);
    Map<Long, String> texts = new LinkedHashMap<>();
    words.forEach(
        (order, word) -> {
          if (order.once) {
            texts.put(order.regionId, word.text);
          }
        });
    return texts;
  }
}
