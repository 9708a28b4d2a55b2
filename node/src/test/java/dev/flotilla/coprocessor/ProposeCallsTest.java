package dev.flotilla.coprocessor;

import static dev.flotilla.coprocessor.Commands.REGION;
import static dev.flotilla.coprocessor.Commands.command;
import static dev.flotilla.coprocessor.Commands.deleteRange;
import static dev.flotilla.coprocessor.Commands.guard;
import static dev.flotilla.coprocessor.Commands.hostOf;
import static dev.flotilla.coprocessor.Commands.put;
import static dev.flotilla.coprocessor.Commands.statusOf;
import static dev.flotilla.coprocessor.Commands.swap;
import static dev.flotilla.coprocessor.Commands.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.Observes;
import dev.flotilla.coprocessor.api.OnError;
import dev.flotilla.coprocessor.api.ProposeContext;
import dev.flotilla.coprocessor.api.QueryBatch;
import dev.flotilla.coprocessor.api.QueryKind;
import dev.flotilla.coprocessor.api.QueryObserver;
import dev.flotilla.coprocessor.api.RejectedException;
import dev.flotilla.coprocessor.api.RejectedException.Code;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.raftstore.Refusal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class ProposeCallsTest {

  /** Runs a few lines as an observer that fails closed. */
  private static class Closed implements QueryObserver {
    private final Consumer<QueryBatch> lines;

    Closed(Consumer<QueryBatch> lines) {
      this.lines = lines;
    }

    @Override
    public void preProposeQuery(ProposeContext context, QueryBatch batch) {
      lines.accept(batch);
    }
  }

  @Observes(onError = OnError.FAIL_OPEN)
  private static final class Open extends Closed {
    Open(Consumer<QueryBatch> lines) {
      super(lines);
    }
  }

  private static final class Bypassing implements QueryObserver {
    private final boolean fail;

    Bypassing(boolean fail) {
      this.fail = fail;
    }

    @Override
    public void preProposeQuery(ProposeContext context, QueryBatch batch) {
      context.bypass();
      if (fail) {
        throw new IllegalStateException("after the bypass");
      }
    }
  }

  @Observes(mandatory = true)
  private static final class Mandatory extends Closed {
    Mandatory(Consumer<QueryBatch> lines) {
      super(lines);
    }
  }

  private static final class Rejecting implements QueryObserver {
    @Override
    public void preProposeQuery(ProposeContext context, QueryBatch batch) throws RejectedException {
      batch.setValue(0, Bytes.utf8("never seen"));
      throw new RejectedException(Code.THROTTLED, "too fast", 250);
    }
  }

  private static RaftCmdRequest propose(CoprocessorHost host, RaftCmdRequest command) {
    return host.preProposeQuery(REGION, 6, command);
  }

  private static void append(QueryBatch batch, String more) {
    batch.setValue(0, batch.value(0).concat(Bytes.utf8(more)));
  }

  private static ByteString value(RaftCmdRequest command) {
    return command.getRequests(0).getPut().getValue();
  }

  @Test
  void withoutObserversEverythingIsPassedOnAsItIs() {
    CoprocessorHost host = CoprocessorHost.withBuiltIns();
    RaftCmdRequest command = command(put("k", "v"));

    assertThat(propose(host, command)).isSameAs(command);
    assertThat(host.observesApply()).isFalse();
    assertThat(host.observesReads()).isFalse();
  }

  /**
   * As TiKV's Java client does at its start: keys are the client's affair while nobody edits them.
   */
  @Test
  void theValueOfTheEmptyKeyCanBeEdited() {
    CoprocessorHost host = hostOf(new Closed(batch -> append(batch, "!")));
    RaftCmdRequest proposed = propose(host, command(put("", "v"), put("", "")));
    assertThat(value(proposed)).isEqualTo(text("v!"));
    assertThat(statusOf(host, "p0").failures()).isZero();
  }

  @Test
  void withoutEditsTheCommandStaysTheSame() {
    RaftCmdRequest command = command(put("k", "v"));
    assertThat(propose(hostOf(new Closed(batch -> {})), command)).isSameAs(command);
  }

  @Test
  void editsAddUpInOrderAndLeaveTheClientsCommandAlone() {
    CoprocessorHost host =
        hostOf(new Closed(batch -> append(batch, "1")), new Closed(batch -> append(batch, "2")));
    RaftCmdRequest command = command(put("k", "v"), put("l", "w"));

    RaftCmdRequest proposed = propose(host, command);

    assertThat(value(proposed)).isEqualTo(text("v12"));
    assertThat(proposed.getRequests(1)).isSameAs(command.getRequests(1));
    assertThat(proposed.getHeader()).isEqualTo(command.getHeader());
    assertThat(value(command)).isEqualTo(text("v"));
    assertThat(statusOf(host, "p0").alterations()).isEqualTo(1);
    assertThat(statusOf(host, "p1").calls()).isEqualTo(1);
  }

  @Test
  void editsEveryPartThatAKindHas() {
    CoprocessorHost host =
        hostOf(
            new Closed(
                batch -> {
                  assertThat(batch.kind(0)).isEqualTo(QueryKind.COMPARE_AND_SWAP);
                  assertThat(batch.cf(0)).isEqualTo("default");
                  batch.setKey(0, Bytes.utf8("m"));
                  batch.setExpected(0, Bytes.utf8("old"));
                  batch.setTtlSeconds(0, 7);
                }));

    var swap = propose(host, command(swap("k", "x", "new"))).getRequests(0).getCompareAndSwap();

    assertThat(swap.getKey()).isEqualTo(text("m"));
    assertThat(swap.getPreviousValue()).isEqualTo(text("old"));
    assertThat(swap.getTtlSeconds()).isEqualTo(7);
    assertThat(swap.getValue()).isEqualTo(text("new"));
  }

  @Test
  void aRejectionIsToldWithItsCode() {
    CoprocessorHost host = hostOf(new Rejecting());

    Refusal.Rejected refusal =
        catchThrowableOfType(Refusal.Rejected.class, () -> propose(host, command(put("k", "v"))));

    assertThat(refusal.plugin).isEqualTo("p0");
    assertThat(refusal.code).isEqualTo(Code.THROTTLED);
    assertThat(refusal.reason).isEqualTo("too fast");
    assertThat(refusal.retryAfterMillis).isEqualTo(250);
    assertThat(refusal.getStackTrace()).isEmpty();
    assertThat(statusOf(host, "p0").rejections()).isEqualTo(1);
    assertThat(statusOf(host, "p0").failures()).isZero();
  }

  @Test
  void aFailureUnderFailClosedRefusesTheCommand() {
    CoprocessorHost host =
        hostOf(
            new Closed(
                batch -> {
                  throw new IllegalStateException("secret");
                }));

    Refusal.Rejected refusal =
        catchThrowableOfType(Refusal.Rejected.class, () -> propose(host, command(put("k", "v"))));

    assertThat(refusal.code).isEqualTo(Code.UNAVAILABLE);
    assertThat(refusal.text()).contains("p0", "preProposeQuery").doesNotContain("secret");
    assertThat(statusOf(host, "p0").failures()).isEqualTo(1);
    assertThat(statusOf(host, "p0").reason()).contains("secret");
  }

  /** Which of very many regions it is of tells whether it is one key or all. */
  @Test
  void aFailureIsLoggedWithItsRegion() {
    CoprocessorHost host =
        hostOf(
            new Open(
                batch -> {
                  throw new IllegalStateException("its own");
                }));
    Logger log = (Logger) LoggerFactory.getLogger(CallGuard.class);
    ListAppender<ILoggingEvent> events = new ListAppender<>();
    events.start();
    log.addAppender(events);
    try {
      propose(host, command(put("k", "v")));
    } finally {
      log.detachAppender(events);
    }
    assertThat(events.list)
        .singleElement()
        .extracting(ILoggingEvent::getFormattedMessage)
        .isEqualTo("coprocessor p0 failed in preProposeQuery, region 2, 1 failures so far");
  }

  @Test
  void aFailureUnderFailOpenDropsItsEditsAndKeepsTheOthers() {
    CoprocessorHost host =
        hostOf(
            new Closed(batch -> append(batch, "1")),
            new Open(
                batch -> {
                  append(batch, "half");
                  throw new StackOverflowError();
                }),
            new Closed(batch -> append(batch, "3")));

    assertThat(value(propose(host, command(put("k", "v"))))).isEqualTo(text("v13"));
    assertThat(statusOf(host, "p1").failures()).isEqualTo(1);
    assertThat(statusOf(host, "p1").alterations()).isZero();
  }

  @Test
  void whatTheProcessMayNotSurviveIsNotHidden() {
    CoprocessorHost host =
        hostOf(
            new Open(
                batch -> {
                  throw new OutOfMemoryError("simulated");
                }));

    assertThatThrownBy(() -> propose(host, command(put("k", "v"))))
        .isInstanceOf(OutOfMemoryError.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "y", "z"})
  void aKeyMustStayInTheRegion(String key) {
    CoprocessorHost closed = hostOf(new Closed(batch -> batch.setKey(0, Bytes.utf8(key))));
    assertThatThrownBy(() -> propose(closed, command(put("k", "v"))))
        .isInstanceOf(Refusal.Rejected.class)
        .hasMessageContaining("key");

    CoprocessorHost open = hostOf(new Open(batch -> batch.setKey(0, Bytes.utf8(key))));
    RaftCmdRequest command = command(put("k", "v"));
    assertThat(propose(open, command)).isSameAs(command);
    assertThat(statusOf(open, "p0").failures()).isEqualTo(1);
  }

  @Test
  void aKeyMustNotGrowTooLong() {
    byte[] longKey = new byte[64 * 1024 + 1];
    longKey[0] = 'k';
    CoprocessorHost host = hostOf(new Closed(batch -> batch.setKey(0, Bytes.wrap(longKey))));
    assertThatThrownBy(() -> propose(host, command(put("k", "v"))))
        .isInstanceOf(Refusal.Rejected.class)
        .hasMessageContaining("65537");
  }

  @Test
  void aRangeMustStayARangeOfTheRegion() {
    for (String end : new String[] {"", "z", "c"}) {
      CoprocessorHost host = hostOf(new Closed(batch -> batch.setEndKey(0, Bytes.utf8(end))));
      assertThatThrownBy(() -> propose(host, command(deleteRange("d", "f"))))
          .isInstanceOf(Refusal.Rejected.class)
          .hasMessageContaining("range");
    }
    CoprocessorHost host = hostOf(new Closed(batch -> batch.setEndKey(0, Bytes.utf8("y"))));
    assertThat(
            propose(host, command(deleteRange("d", "f")))
                .getRequests(0)
                .getDeleteRange()
                .getEndKey())
        .isEqualTo(text("y"));
  }

  /** By an empty end clients mean that of the region. */
  @Test
  void theStartOfARangeWithoutEndCanBeEdited() {
    CoprocessorHost host = hostOf(new Closed(batch -> batch.setKey(0, Bytes.utf8("e"))));
    assertThat(propose(host, command(deleteRange("d", ""))))
        .isEqualTo(command(deleteRange("e", "")));
  }

  @Test
  void aGuardCannotBeEdited() {
    CoprocessorHost host = hostOf(new Open(batch -> batch.setKey(0, Bytes.utf8("m"))));
    RaftCmdRequest command = command(guard("k"), put("k", "v"));

    assertThat(propose(host, command)).isSameAs(command);
    assertThat(statusOf(host, "p0").reason()).contains("Guard");
  }

  @Test
  void aBypassSkipsTheRestButTheMandatory() {
    CoprocessorHost host =
        hostOf(
            new Bypassing(false),
            new Closed(batch -> append(batch, "skipped")),
            new Mandatory(batch -> append(batch, "!")));

    assertThat(value(propose(host, command(put("k", "v"))))).isEqualTo(text("v!"));
    assertThat(statusOf(host, "p1").calls()).isZero();
  }

  @Test
  void aBypassOfAFailedCallDoesNotCount() {
    CoprocessorHost host = CoprocessorHost.withBuiltIns();
    host.publish(
        Chain.of(
            java.util.List.of(
                Registration.of("p0", "1", new Bypassing(true), 1, OnError.FAIL_OPEN),
                Registration.of("p1", "1", new Closed(batch -> append(batch, "1"))))));

    assertThat(value(propose(host, command(put("k", "v"))))).isEqualTo(text("v1"));
  }

  @Test
  void aChainIsReplacedAtOnce() throws Exception {
    CoprocessorHost host = hostOf(new Closed(batch -> append(batch, "1")));
    Chain first = host.publish(Chain.of(java.util.List.of()));

    assertThat(value(propose(host, command(put("k", "v"))))).isEqualTo(text("v"));
    assertThat(first.isUnused()).isTrue();
  }

  /** Whoever stops what a chain calls must know that none of it is being called. */
  @Test
  void aChainIsInUseUntilTheLastCallThroughItHasEnded() throws Exception {
    CountDownLatch called = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CoprocessorHost host =
        hostOf(
            new Closed(
                batch -> {
                  called.countDown();
                  awaitUninterruptibly(goOn);
                  append(batch, "1");
                }));
    CompletableFuture<ByteString> slow =
        CompletableFuture.supplyAsync(() -> value(propose(host, command(put("k", "v")))));
    called.await();
    Chain first = host.publish(Chain.of(java.util.List.of()));

    assertThat(first.isUnused()).isFalse();
    assertThat(value(propose(host, command(put("k", "v"))))).isEqualTo(text("v"));
    assertThat(first.isUnused()).isFalse();
    goOn.countDown();
    assertThat(slow.join()).isEqualTo(text("v1"));
    assertThat(first.isUnused()).isTrue();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
