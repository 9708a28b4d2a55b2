package dev.flotilla.verticle.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.flotilla.proto.pdpb.ChangePeer;
import dev.flotilla.proto.pdpb.ChangePeerV2;
import dev.flotilla.proto.pdpb.RegionHeartbeatResponse;
import dev.flotilla.proto.pdpb.SplitRegion;
import dev.flotilla.proto.pdpb.TransferLeader;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.security.LogPace;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a plugin refuses of the driver's orders is told by the log and to the driver. */
class LeaderCommandsTest {
  private final Logger log = (Logger) LoggerFactory.getLogger(LoggedOrder.class);
  private final ListAppender<ILoggingEvent> events = new ListAppender<>();
  private final AtomicLong nanos = new AtomicLong();
  private final List<PlacementTask.OrderRefused> told = new ArrayList<>();
  private final LogPace pace = new LogPace(nanos::get);

  @BeforeEach
  void listen() {
    events.start();
    log.addAppender(events);
  }

  @AfterEach
  void stop() {
    log.detachAppender(events);
  }

  private void order(RegionHeartbeatResponse.Builder wish, Refusal refusal) {
    RaftStoreRouter router =
        message -> {
          callback(message).refused(refusal);
          return true;
        };
    LeaderCommands.run(wish.setRegionId(7).build(), router, told::add, pace);
  }

  private static Callback callback(Msg message) {
    return message instanceof Msg.SplitRegion split
        ? Objects.requireNonNull(split.callback())
        : ((Msg.Command) message).callback();
  }

  private void refuse(RegionHeartbeatResponse.Builder wish) {
    order(wish, new Refusal.Rejected("guard", "not by day"));
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
  }

  private static RegionHeartbeatResponse.Builder wish() {
    return RegionHeartbeatResponse.newBuilder();
  }

  @Test
  void tellsWhatWasRefusedByWhomAndWhy() {
    refuse(wish().setSplitRegion(SplitRegion.getDefaultInstance()));
    refuse(wish().setCheckConsistency(true));
    refuse(wish().setChangePeer(ChangePeer.getDefaultInstance()));
    refuse(wish().setChangePeerV2(ChangePeerV2.getDefaultInstance()));
    refuse(wish().setTransferLeader(TransferLeader.getDefaultInstance()));
    String rest = " of region 7 was refused by plugin guard: not by day";
    assertThat(events.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "the split" + rest,
            "the comparison of the replicas" + rest,
            "the change of members" + rest,
            "the change of members" + rest,
            "the transfer of the leader" + rest);
    assertThat(told)
        .hasSize(5)
        .startsWith(
            new PlacementTask.OrderRefused(7, true, "split refused by plugin guard: not by day"));
    assertThat(told)
        .as("the driver's own steps are no answer to what people order")
        .extracting(PlacementTask.OrderRefused::once)
        .containsExactly(true, true, false, false, false);
  }

  @Test
  void logsOnceASecondAndOfPluginsOnly() {
    order(wish().setCheckConsistency(true), new Refusal.ServerIsBusy("later"));
    assertThat(events.list).isEmpty();
    for (int i = 0; i < 3; i++) {
      order(wish().setCheckConsistency(true), new Refusal.Rejected("guard", "not by day"));
    }
    assertThat(events.list).hasSize(1);
    assertThat(told).as("what the driver is told").hasSize(4);
  }

  /** Or a region could not be cut when it most needs it: while clients ask for too much. */
  @Test
  void nothingThatTheDriverOrdersIsRefusedAsAClientsWouldBe() {
    List<Msg> sent = new ArrayList<>();
    for (RegionHeartbeatResponse.Builder wish :
        List.of(
            wish().setSplitRegion(SplitRegion.getDefaultInstance()),
            wish().setCheckConsistency(true),
            wish().setTransferLeader(TransferLeader.getDefaultInstance()))) {
      LeaderCommands.run(wish.build(), sent::add, told::add, pace);
    }
    assertThat(sent).hasSize(3).noneMatch(Msg::isOfClient);
  }

  /** Or whoever gave it would wait for what does not come. */
  @Test
  void tellsWhateverRefusedAnOrderThatDoesNotComeAgain() {
    Refusal busy = new Refusal.ServerIsBusy("raftstore is busy");
    order(wish().setTransferLeader(TransferLeader.getDefaultInstance()), busy);
    assertThat(told).isEmpty();
    order(wish().setSplitRegion(SplitRegion.getDefaultInstance()), busy);
    assertThat(told)
        .containsExactly(
            new PlacementTask.OrderRefused(7, true, "split refused as raftstore is busy"));
  }
}
