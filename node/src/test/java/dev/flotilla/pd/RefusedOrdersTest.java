package dev.flotilla.pd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.PlacementTask.OrderRefused;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RefusedOrdersTest {
  private long nanos;
  private final RefusedOrders refused =
      new RefusedOrders(
          new Clock() {
            @Override
            public long nanos() {
              return nanos;
            }

            @Override
            public long unixMillis() {
              return 0;
            }
          });

  /** Or a split would seem to be refused for what the driver tries over and over meanwhile. */
  @Test
  void stepsAndOrdersThatAreGivenOnceAreKeptApart() {
    refused.on(new OrderRefused(7, true, "split refused"));
    refused.on(new OrderRefused(7, false, "transfer refused"));
    assertThat(refused.ofOnce()).containsOnlyKeys(7L).containsValue("split refused");
    assertThat(refused.ofOperator(7)).isEqualTo("transfer refused");
    assertThat(refused.ofOperator(8)).isEmpty();
    refused.forget(7);
    assertThat(refused.ofOnce()).isEmpty();
    assertThat(refused.ofOperator(7)).isEmpty();
  }

  @Test
  void wordsGetOldAndAreNotKeptWithoutEnd() {
    for (long region = 1; region <= 2000; region++) {
      refused.on(new OrderRefused(region, true, "split refused"));
    }
    assertThat(refused.ofOnce()).hasSize(1024).containsKey(2000L);
    nanos += Duration.ofMinutes(11).toNanos();
    assertThat(refused.ofOnce()).isEmpty();
  }
}
