package dev.flotilla.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreNamesTest {
  private static final Sender NODE_2 = Sender.named(List.of("node-2", "localhost"));
  private static final Sender CLIENT = Sender.named(List.of("client", "localhost"));

  private final StoreNames names = new StoreNames(true);

  /** Store 1 and 2 have names, 3 is of a time before that, 4 is gone, of 5 nothing is known. */
  @BeforeEach
  void record() {
    names.record(1, "node-1");
    names.record(2, "node-2");
    names.record(3, "");
    names.record(4, "node-2");
    names.forget(4);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          1 | node-1           | true
          1 | node-2           | false
          1 | localhost,node-1 | true
          1 | NODE-1           | false
          1 | ''               | false
          2 | node-2           | true
          2 | node-1,client    | false
          3 | client           | true
          3 | ''               | true
          4 | node-2           | false
          5 | node-1           | false
          """,
      delimiter = '|')
  void onlyTheNodeOfAStoreSpeaksForIt(long storeId, String shown, boolean expected) {
    Sender sender = Sender.named(List.of(shown.split(",", -1)));
    assertThat(names.admits(storeId, sender)).isEqualTo(expected);
    assertThat(names.admits(storeId, Sender.SELF)).as("this node itself").isTrue();
    StoreNames plain = new StoreNames(false);
    assertThat(plain.admits(storeId, sender)).as("without certificates").isTrue();
  }

  @Test
  void membersAreTheNodesOfStores() {
    names.forget(3);
    assertThat(names.isMember(NODE_2)).isTrue();
    assertThat(names.isMember(Sender.SELF)).isTrue();
    assertThat(names.isMember(CLIENT)).isFalse();
    assertThat(names.isMember(Sender.NOBODY)).isFalse();
    assertThat(new StoreNames(false).isMember(CLIENT)).isTrue();
  }

  @Test
  void nobodyRegistersUnderTheNameOfAnother() {
    assertThat(names.mayRegister("node-2", NODE_2)).isTrue();
    assertThat(names.mayRegister("node-2", CLIENT)).isFalse();
    assertThat(names.mayRegister("", CLIENT)).isFalse();
    Sender sly = Sender.named(List.of("a\n1 127.0.0.1:1 9 sly"));
    assertThat(names.mayRegister("a\n1 127.0.0.1:1 9 sly", sly)).isFalse();
    assertThat(new StoreNames(false).mayRegister("", CLIENT)).isTrue();
  }

  @Test
  void whatIsHeardNeverReplacesAName() {
    names.hear(1, "client");
    assertThat(names.find(1)).isEqualTo("node-1");
    names.hear(1, "");
    assertThat(names.find(1)).isEqualTo("node-1");
    names.hear(3, "node-3");
    assertThat(names.find(3)).isEqualTo("node-3");
    names.hear(4, "client");
    assertThat(names.find(4)).as("gone").isNull();
    names.hear(5, "node-5");
    assertThat(names.find(5)).isEqualTo("node-5");
    names.hear(6, " sly");
    assertThat(names.find(6)).isNull();
  }

  @Test
  void whatIsOnRecordReplacesWhatWasHeard() {
    names.hear(5, "client");
    names.record(5, "node-5");
    assertThat(names.find(5)).isEqualTo("node-5");
  }

  @Test
  void asksForStoresThatItDoesNotKnow() {
    AtomicInteger asked = new AtomicInteger();
    names.onUnknown(asked::incrementAndGet);
    names.admits(1, CLIENT);
    assertThat(asked).hasValue(0);
    names.admits(5, CLIENT);
    assertThat(asked).hasValue(1);
    names.forget(3);
    names.isMember(CLIENT);
    assertThat(asked).hasValue(2);
  }

  @Test
  void aStrangersNamesStayOnOneLineOfTheLog() {
    assertThat(Sender.named(List.of("a\nERROR fake\u2028b"))).hasToString("[a?ERROR fake?b]");
  }
}
