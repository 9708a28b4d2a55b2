package dev.flotilla.verticle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftRequestHeader;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Regions;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the store loop is woken. */
class MailboxRouterTest {
  private static final int CAPACITY = 8;
  private static final int COMMANDS_MAX = 4;

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger wakeUps = new AtomicInteger();
  private final Mailbox<Msg> mailbox = new Mailbox<>(CAPACITY);
  private final MailboxRouter router = new MailboxRouter(mailbox, COMMANDS_MAX);

  @BeforeEach
  void fallAsleep() {
    mailbox.open(wakeUps::incrementAndGet);
    mailbox.sleep();
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private static Msg command() {
    return commandTo(2);
  }

  private static Msg commandTo(long regionId) {
    return new Msg.Command(
        RaftCmdRequest.newBuilder()
            .setHeader(RaftRequestHeader.newBuilder().setRegionId(regionId))
            .build(),
        Callback.IGNORE);
  }

  /** What the placement driver tells a leader to do. */
  private static Msg order() {
    return new Msg.Command(
        RaftCmdRequest.newBuilder()
            .setHeader(RaftRequestHeader.newBuilder().setRegionId(2))
            .setAdminRequest(AdminRequest.getDefaultInstance())
            .build(),
        Callback.IGNORE);
  }

  private static Msg news(boolean mayWait) {
    return new Msg.Applied(() -> mayWait);
  }

  private static int get(CompletableFuture<Integer> future) throws Exception {
    return future.get(10, TimeUnit.SECONDS);
  }

  @Test
  void wakesAtOnceForWhoeverIsNoEventLoop() {
    assertThat(router.send(command())).isTrue();
    assertThat(wakeUps).hasValue(1);
  }

  @Test
  void wakesOnceForAllThatAnEventLoopHasRead() throws Exception {
    CompletableFuture<Integer> before = new CompletableFuture<>();
    CompletableFuture<Integer> after = new CompletableFuture<>();
    Context context = vertx.getOrCreateContext();
    context.runOnContext(
        ignored -> {
          router.send(command());
          router.send(command());
          before.complete(wakeUps.get());
          context.runOnContext(again -> after.complete(wakeUps.get()));
        });
    assertThat(get(before)).isZero();
    assertThat(get(after)).isEqualTo(1);
    List<Msg> taken = new ArrayList<>();
    mailbox.rise();
    mailbox.drain(taken, 100);
    assertThat(taken).hasSize(2);
  }

  @Test
  void wakesAgainForTheNextBurst() throws Exception {
    Context context = vertx.getOrCreateContext();
    for (int burst = 1; burst <= 2; burst++) {
      CompletableFuture<Integer> after = new CompletableFuture<>();
      context.runOnContext(
          ignored -> {
            router.send(command());
            context.runOnContext(again -> after.complete(wakeUps.get()));
          });
      assertThat(get(after)).isEqualTo(burst);
      mailbox.rise();
      mailbox.drain(new ArrayList<>(), 100);
      mailbox.sleep();
    }
  }

  @Test
  void newsThatMayWaitWakesNobody() {
    router.send(news(true));
    assertThat(wakeUps).hasValue(0);
    router.send(news(false));
    assertThat(wakeUps).hasValue(1);
    assertThat(mailbox.size()).isEqualTo(2);
  }

  @Test
  void refusesCommandsPastTheLimit() {
    for (int i = 0; i < COMMANDS_MAX; i++) {
      router.send(command());
    }
    List<Refusal> refusals = new ArrayList<>();
    Callback callback =
        new Callback() {
          @Override
          public void done(dev.flotilla.proto.raft_cmdpb.RaftCmdResponse response) {
            throw new AssertionError("done");
          }

          @Override
          public void readable(ReadGrant grant) {
            throw new AssertionError("readable");
          }

          @Override
          public void refused(Refusal refusal) {
            refusals.add(refusal);
          }
        };
    assertThat(router.send(new Msg.Command(RaftCmdRequest.getDefaultInstance(), callback)))
        .isFalse();
    assertThat(refusals).singleElement().isInstanceOf(Refusal.ServerIsBusy.class);
    assertThat(router.send(news(false))).as("too important to be lost").isTrue();
  }

  /** Or leaders would step down, and the driver be deposed, because clients ask for much. */
  @Test
  void keepsRoomForOtherStoresAndTheDriver() {
    for (int i = 0; i < 2 * CAPACITY; i++) {
      router.send(command());
    }
    assertThat(router.send(new Msg.Raft(RaftMessage.getDefaultInstance()))).isTrue();
    assertThat(router.send(new Msg.Reached(() -> {}))).isTrue();
    assertThat(router.send(commandTo(Regions.SYSTEM_REGION_ID))).isTrue();
    assertThat(router.send(order())).isTrue();
    assertThat(mailbox.size()).isEqualTo(COMMANDS_MAX + 4);
  }
}
