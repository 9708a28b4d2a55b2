package dev.flotilla.verticle.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.config.HostPort;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is where, when several tell different things. */
class MembersTest {
  private static final HostPort SELF = new HostPort("127.0.0.1", 1);
  private static final HostPort THERE = new HostPort("127.0.0.1", 2);
  private static final HostPort ELSEWHERE = new HostPort("127.0.0.1", 3);

  private final Members members = new Members(SELF, List.of(SELF, THERE), List.of());

  private static Members.Member member(long storeId, HostPort address, long life) {
    return new Members.Member(storeId, address, life);
  }

  @ParameterizedTest
  @CsvSource({"4, 2", "5, 2", "6, 3"})
  void laterLifeIsRight(long life, int port) {
    members.learn(member(7, THERE, 5));
    members.learn(member(7, ELSEWHERE, life));
    assertThat(members.addressOf(7)).isEqualTo(new HostPort("127.0.0.1", port));
  }

  /** The others that are told of with it must not be lost by it. */
  @Test
  void whatIsNoAddressChangesNothing() {
    members.learn(7, THERE.toString(), 5);
    members.learn(7, "nowhere", 6);
    members.learn(8, "", 6);
    assertThat(members.all()).containsExactly(member(7, THERE, 5));
  }

  @Test
  void storeThatIsGoneStaysGone() {
    members.learn(member(7, THERE, 5));
    members.forget(7);
    members.learn(member(7, THERE, 6));
    assertThat(members.addressOf(7)).isNull();
    assertThat(members.all()).isEmpty();
  }

  @Test
  void clockThatWasSetBackMakesNoOlderLife() {
    Members restarted = new Members(ELSEWHERE, List.of(), List.of(member(7, SELF, 1000)));
    restarted.identify(7, 500);
    assertThat(restarted.all()).containsExactly(member(7, ELSEWHERE, 1001));
  }

  @Test
  void nodeThatForgotItsLifeOutlivesWhatOthersRemember() {
    members.identify(7, 500);
    members.outlive(7, 1000);
    assertThat(members.all()).containsExactly(member(7, SELF, 1001));
    members.outlive(7, 1000);
    assertThat(members.all()).containsExactly(member(7, SELF, 1001));
  }

  @Test
  void seedIsGreetedUntilItHasSaidWhereItIs() {
    assertThat(members.others()).containsExactly(THERE);
    members.resolve(THERE, 7);
    assertThat(members.others()).as("nothing known of store 7").containsExactly(THERE);
    members.learn(member(7, ELSEWHERE, 1));
    members.resolve(THERE, 7);
    assertThat(members.others()).containsExactly(ELSEWHERE);
  }

  @Test
  void onlyWhoeverMovesComesOrGoesIsTold() {
    List<Long> told = new ArrayList<>();
    members.onChange(told::add);
    members.learn(member(7, THERE, 1));
    members.learn(member(7, THERE, 2));
    members.learn(member(7, ELSEWHERE, 2));
    assertThat(told).containsExactly(7L);
    members.learn(member(7, ELSEWHERE, 3));
    members.forget(7);
    members.forget(7);
    assertThat(told).containsExactly(7L, 7L, 7L);
  }
}
