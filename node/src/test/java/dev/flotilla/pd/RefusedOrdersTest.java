package dev.flotilla.pd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.raftstore.Clock;
import java.time.Duration;
import java.util.List;
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
    refused.onOnce(7, "split refused");
    refused.onStep(operator(1), "transfer refused");
    assertThat(refused.ended()).containsExactly(new RefusedOrders.Ended(7, null, "split refused"));
    assertThat(refused.ofOperator(operator(1))).isEqualTo("transfer refused");
    refused.forget(7);
    assertThat(refused.ended()).isEmpty();
    assertThat(refused.ofOperator(operator(1))).isEmpty();
  }

  /** Or who gave the order would look for it in vain. */
  @Test
  void whatIsGivenUpDoesNotTakeThePlaceOfAnOrderThatIsGivenOnce() {
    refused.onOnce(7, "split refused");
    refused.onGivenUp(operator(1), "transfer refused");
    assertThat(refused.ended())
        .containsExactly(
            new RefusedOrders.Ended(7, null, "split refused"),
            new RefusedOrders.Ended(7, operator(1), "transfer refused"));
    refused.forget(7);
    assertThat(refused.ended()).isEmpty();
  }

  @Test
  void whatWasRefusedOfOneOperatorIsNotToldOfTheNext() {
    refused.onStep(operator(1), "transfer refused");
    assertThat(refused.ofOperator(operator(2))).isEmpty();
  }

  private static Operator operator(long deadlineNanos) {
    return new Operator(7, "test", List.of(), deadlineNanos);
  }

  @Test
  void wordsGetOldAndAreNotKeptWithoutEnd() {
    for (long region = 1; region <= 2000; region++) {
      refused.onOnce(region, "split refused");
    }
    assertThat(refused.ended())
        .hasSize(1024)
        .last()
        .isEqualTo(new RefusedOrders.Ended(2000, null, "split refused"));
    nanos += Duration.ofMinutes(11).toNanos();
    assertThat(refused.ended()).isEmpty();
  }
}
