package dev.flotilla.raftstore.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaseTest {
  private static final long MAX = 100;

  private final Lease lease = new Lease(MAX);

  @Test
  void isExpiredUntilRenewed() {
    assertThat(lease.inspect(0)).isEqualTo(Lease.State.EXPIRED);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, VALID",
    "0, 99, VALID",
    "0, 100, EXPIRED",
    "0, 101, EXPIRED",
    "50, 149, VALID",
    "50, 150, EXPIRED",
    "-200, -101, VALID",
    "-200, -100, EXPIRED",
    "9223372036854775757, -9223372036854775760, VALID",
    "9223372036854775757, -9223372036854775759, EXPIRED"
  })
  void lastsFromTheSendingUntilItsBoundWhateverTheOrigin(long sent, long now, Lease.State state) {
    lease.renew(sent);
    assertThat(lease.inspect(now)).isEqualTo(state);
  }

  @ParameterizedTest
  @CsvSource({"40, VALID, EXPIRED", "50, VALID, EXPIRED", "51, VALID, VALID"})
  void onlyLaterRenewalExtends(long second, Lease.State before, Lease.State at) {
    lease.renew(50);
    lease.renew(second);
    assertThat(lease.inspect(149)).isEqualTo(before);
    assertThat(lease.inspect(150)).isEqualTo(at);
  }

  @Test
  void laterRenewalExtendsAcrossTheWrapAround() {
    lease.renew(Long.MAX_VALUE - 150);
    lease.renew(Long.MAX_VALUE - 20);
    assertThat(lease.inspect(Long.MIN_VALUE + 78)).isEqualTo(Lease.State.VALID);
    assertThat(lease.inspect(Long.MIN_VALUE + 79)).isEqualTo(Lease.State.EXPIRED);
    lease.renew(Long.MAX_VALUE - 30);
    assertThat(lease.inspect(Long.MIN_VALUE + 78)).isEqualTo(Lease.State.VALID);
  }

  @Test
  void staysSuspectUntilSomethingSentLaterIsAcknowledged() {
    lease.renew(50);
    lease.suspend(60);
    assertThat(lease.inspect(61)).isEqualTo(Lease.State.SUSPECT);
    // Not even by the passing of time, as it would let a read index renew it.
    assertThat(lease.inspect(1000)).isEqualTo(Lease.State.SUSPECT);
    lease.renew(60);
    assertThat(lease.inspect(61)).isEqualTo(Lease.State.SUSPECT);
    lease.renew(61);
    assertThat(lease.inspect(62)).isEqualTo(Lease.State.VALID);
  }

  @Test
  void whatIsExpiredBecomesSuspectToo() {
    lease.suspend(60);
    lease.renew(59);
    assertThat(lease.inspect(60)).as("by a read that began before").isEqualTo(Lease.State.SUSPECT);
    lease.expire();
    assertThat(lease.inspect(61)).isEqualTo(Lease.State.EXPIRED);
  }

  @Test
  void expiringForgetsTheBound() {
    lease.renew(500);
    lease.expire();
    assertThat(lease.inspect(501)).isEqualTo(Lease.State.EXPIRED);
    // A new leadership may begin from an earlier reading than the old bound.
    lease.renew(450);
    assertThat(lease.inspect(549)).isEqualTo(Lease.State.VALID);
    assertThat(lease.inspect(550)).isEqualTo(Lease.State.EXPIRED);
  }
}
