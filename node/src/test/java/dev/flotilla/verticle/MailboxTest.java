package dev.flotilla.verticle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MailboxTest {
  private int wakeUps;
  private final Mailbox<String> mailbox = new Mailbox<>(4, () -> wakeUps++);

  private List<String> drain() {
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
    assertThat(drain()).containsExactly("before");
  }
}
