package dev.flotilla.verticle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MailboxTest {
  private int wakeUps;
  private final Mailbox<String> mailbox = new Mailbox<>(4);

  @BeforeEach
  void open() {
    mailbox.open(() -> wakeUps++);
  }

  private List<String> drain() {
    mailbox.rise();
    List<String> out = new ArrayList<>();
    mailbox.drain(out, 100);
    return out;
  }

  @Test
  void wakesNobodyBeforeSomeoneListens() {
    assertThat(mailbox.offer("early")).isTrue();
    assertThat(wakeUps).isZero();
    assertThat(drain()).containsExactly("early");
  }

  @Test
  void wakesOnceUntilTheConsumerHasLooked() {
    mailbox.sleep();
    mailbox.offer("a");
    mailbox.offer("b");
    assertThat(wakeUps).isEqualTo(1);
    assertThat(drain()).containsExactly("a", "b");
    mailbox.sleep();
    mailbox.offer("c");
    assertThat(wakeUps).isEqualTo(2);
  }

  @Test
  void wakesAgainForWhatCameWhileTheConsumerWorked() {
    mailbox.sleep();
    mailbox.offer("a");
    drain();
    mailbox.offer("b");
    mailbox.sleep();
    assertThat(wakeUps).isEqualTo(2);
  }

  @Test
  void leavesTheConsumerAsleepUntilSomeoneCalls() {
    mailbox.sleep();
    mailbox.leave("a");
    mailbox.leaveSignificant("b");
    assertThat(wakeUps).isZero();
    mailbox.call();
    mailbox.call();
    assertThat(wakeUps).isEqualTo(1);
    assertThat(drain()).containsExactly("b", "a");
  }

  @Test
  void doesNotKeepTheConsumerAwakeForWhatMayWait() {
    mailbox.sleep();
    mailbox.offer("a");
    drain();
    mailbox.leaveSignificant("b");
    mailbox.sleep();
    assertThat(wakeUps).isEqualTo(1);
    mailbox.offer("c");
    assertThat(drain()).containsExactly("b", "c");
  }

  @Test
  void wakesAgainForWhatOneLookDidNotTake() {
    mailbox.sleep();
    mailbox.leave("a");
    mailbox.leave("b");
    mailbox.leave("c");
    mailbox.call();
    List<String> out = new ArrayList<>();
    mailbox.rise();
    mailbox.drain(out, 2);
    mailbox.sleep();
    assertThat(wakeUps).isEqualTo(2);
    assertThat(drain()).containsExactly("c");
  }

  /** As when a timer lets the consumer run: whoever calls next must still wake it. */
  @Test
  void canBeDrainedInItsSleep() {
    mailbox.sleep();
    mailbox.leave("a");
    List<String> out = new ArrayList<>();
    mailbox.drain(out, 100);
    assertThat(out).containsExactly("a");
    mailbox.offer("b");
    assertThat(wakeUps).isEqualTo(1);
  }

  @Test
  void refusesPastItsLimitButTakesWhatMustNotBeLost() {
    for (int i = 0; i < 4; i++) {
      assertThat(mailbox.offer("m" + i)).isTrue();
    }
    assertThat(mailbox.offer("one too many")).isFalse();
    assertThat(mailbox.offerSignificant("significant")).isTrue();
    assertThat(drain()).first().isEqualTo("significant");
  }

  @Test
  void takesNothingAfterClose() {
    mailbox.offer("before");
    mailbox.close();
    assertThat(mailbox.offer("after")).isFalse();
    assertThat(mailbox.offerSignificant("after")).isFalse();
    assertThat(mailbox.leave("after")).isFalse();
    assertThat(mailbox.leaveSignificant("after")).isFalse();
    assertThat(drain()).containsExactly("before");
  }

  @Test
  void wakesNobodyAfterClose() {
    mailbox.offer("before");
    mailbox.sleep();
    mailbox.close();
    mailbox.call();
    assertThat(wakeUps).isEqualTo(1);
  }
}
