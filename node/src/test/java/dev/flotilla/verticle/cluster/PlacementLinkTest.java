package dev.flotilla.verticle.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.pd.PlacementRules;
import dev.flotilla.proto.cluster.DriverHint;
import dev.flotilla.proto.cluster.OrderRefused;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.pdpb.StoreStats;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.SharedSnapshot;
import dev.flotilla.raftstore.Tick;
import dev.flotilla.raftstore.store.Bootstrap;
import dev.flotilla.security.StoreNames;
import dev.flotilla.verticle.PdRuntime;
import dev.flotilla.verticle.SystemClock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a new driver hears of the regions. */
class PlacementLinkTest {
  private static final long CLUSTER = 11;
  private static final long SELF = 1;
  private static final long TERM = 6;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Region SYSTEM =
      Region.newBuilder()
          .setId(Bootstrap.SYSTEM_REGION_ID)
          .setStartKey(ByteString.copyFrom(Keys.reserved()))
          .build();
  private static final Region USERS =
      Region.newBuilder()
          .setId(Bootstrap.USER_REGION_ID)
          .setEndKey(ByteString.copyFrom(Keys.reserved()))
          .build();

  private final Vertx vertx = Vertx.vertx();
  private final Queue<Tick> ticks = new ConcurrentLinkedQueue<>();
  private final Queue<DriverHint> hints = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> faults = new ConcurrentLinkedQueue<>();
  private final SimEngine engine = SimEngine.kv();
  private final RaftStoreRouter store = this::onMsg;
  private final PdRuntime runtime =
      new PdRuntime(
          vertx,
          CLUSTER,
          Store.newBuilder().setId(SELF).build(),
          store,
          new SystemClock(),
          new PlacementRules(3, TimeUnit.MINUTES.toNanos(1), Long.MAX_VALUE, "", 1 << 20),
          (to, command) -> {},
          (where, fault) -> faults.add(fault));

  /** The thread that was made to wait for a disk. */
  private final AtomicReference<Thread> asked = new AtomicReference<>();

  private final PlacementLink link = link(Duration.ofMillis(150));

  /**
   * @param patience how long a request waits for a driver
   */
  private PlacementLink link(Duration patience) {
    return new PlacementLink(
        vertx,
        new BusCalls(new BusLoop(vertx), PATIENCE),
        patience,
        CLUSTER,
        SELF,
        new StoreNames(false),
        "http",
        runtime,
        store,
        stats -> {
          asked.set(Thread.currentThread());
          stats.setCapacity(100).setAvailable(30).setUsedSize(2);
        });
  }

  /** A store whose system region takes everything. */
  private boolean onMsg(Msg msg) {
    if (msg instanceof Msg.Ticked ticked) {
      ticks.add(ticked.tick());
    } else if (msg instanceof Msg.Command command) {
      if (command.request().getRequests(0).getCmdType() == CmdType.Snap) {
        command
            .callback()
            .readable(new ReadGrant(new SharedSnapshot(engine.snapshot()), SYSTEM, TERM, 0));
      } else {
        command.callback().done(RaftCmdResponse.getDefaultInstance());
      }
    }
    return true;
  }

  private static PlacementTask.Leads leads(Region region) {
    Peer leader = Peer.newBuilder().setStoreId(SELF).build();
    return new PlacementTask.Leads(region, leader, TERM, 0, List.of(), List.of());
  }

  @BeforeEach
  void open() throws Exception {
    vertx
        .eventBus()
        .<Buffer>consumer(Addresses.DRIVER, message -> hints.add(parsed(message.body())))
        .completion()
        .await(10, TimeUnit.SECONDS);
    runtime.onTerm(link::onTerm);
    runtime.start().compose(id -> link.open()).await(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() throws TimeoutException {
    vertx.close().await(10, TimeUnit.SECONDS);
    engine.close();
    assertThat(faults).isEmpty();
  }

  private static DriverHint parsed(Buffer hint) {
    try {
      return DriverHint.parseFrom(hint.getBytes());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private void hear(long term, boolean wantsRegions) {
    int before = hints.size();
    DriverHint hint =
        DriverHint.newBuilder()
            .setClusterId(CLUSTER)
            .setStoreId(2)
            .setTerm(term)
            .setWantsRegions(wantsRegions)
            .build();
    vertx.eventBus().publish(Addresses.DRIVER, Buffer.buffer(hint.toByteArray()));
    await().atMost(PATIENCE).until(() -> hints.size() > before);
  }

  @Test
  void leadersReportToANewDriverAndAgainWhenItAsks() {
    hear(TERM, false);
    hear(TERM, false);
    hear(TERM - 1, true);
    hear(TERM, true);
    // Words arrive in the order in which they were said: after this one's no tick is to come.
    hear(TERM + 1, false);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(ticks)
                    .containsExactly(
                        Tick.STORE_HEARTBEAT,
                        Tick.REGION_HEARTBEAT,
                        Tick.REGION_HEARTBEAT,
                        Tick.STORE_HEARTBEAT,
                        Tick.REGION_HEARTBEAT));
  }

  @Test
  void aDriverAsksMoreAndMoreSeldomUntilItHasHeardOfEveryKey() {
    assertThat(link.report(leads(SYSTEM))).isTrue();
    await().atMost(PATIENCE).until(() -> hints.size() == 1);
    for (int said = 2; said <= 16; said++) {
      announce();
    }
    assertThat(hints)
        .extracting(DriverHint::getWantsRegions)
        .containsExactly(
            true, true, false, true, false, false, false, true, false, false, false, false, false,
            false, false, true);
    assertThat(hints).extracting(DriverHint::getTerm).containsOnly(TERM);

    assertThat(link.report(leads(USERS))).isTrue();
    await().atMost(PATIENCE).until(runtime::isReady);
    hints.clear();
    for (int said = 17; said <= 32; said++) {
      announce();
    }
    assertThat(hints).extracting(DriverHint::getWantsRegions).containsOnly(false);
  }

  @Test
  void aStoreSaysHowMuchSpaceItHas() throws Exception {
    Promise<StoreStats> told = Promise.promise();
    vertx
        .eventBus()
        .<Buffer>consumer(
            Addresses.placement(2),
            message ->
                BusCalls.parsed(message.body().getBytes(), StoreStats.parser()).onComplete(told))
        .completion()
        .await(10, TimeUnit.SECONDS);
    hear(TERM, false);
    await().atMost(PATIENCE).until(() -> ticks.contains(Tick.STORE_HEARTBEAT));
    assertThat(link.report(new PlacementTask.StoreStats(4, 1, 0, 0, false))).isTrue();
    assertThat(told.future().await(10, TimeUnit.SECONDS))
        .isEqualTo(
            StoreStats.newBuilder()
                .setStoreId(SELF)
                .setRegionCount(4)
                .setCapacity(100)
                .setAvailable(30)
                .setUsedSize(2)
                .build());
    assertThat(asked).as("not the store loop").doesNotHaveValue(Thread.currentThread());
  }

  /** For people who ask the driver. */
  @Test
  void whatAPluginRefusesIsToldToWhoeverDrives() throws Exception {
    Promise<OrderRefused> told = Promise.promise();
    vertx
        .eventBus()
        .<Buffer>consumer(
            Addresses.placement(2),
            message ->
                BusCalls.parsed(message.body().getBytes(), OrderRefused.parser()).onComplete(told))
        .completion()
        .await(10, TimeUnit.SECONDS);
    hear(TERM, false);
    await().atMost(PATIENCE).until(() -> ticks.contains(Tick.STORE_HEARTBEAT));
    assertThat(
            link.report(new PlacementTask.OrderRefused(7, true, "split refused by plugin guard")))
        .isTrue();
    assertThat(told.future().await(10, TimeUnit.SECONDS))
        .isEqualTo(
            OrderRefused.newBuilder()
                .setStoreId(SELF)
                .setRegionId(7)
                .setText("split refused by plugin guard")
                .setOnce(true)
                .build());
  }

  /**
   * A client that asks for the driver while it is dead waits 0.2 s and asks again, three times,
   * before it turns to another node, of which one may know the next driver by then.
   */
  @Test
  void whoWaitsForADriverThatIsOutOfReachIsToldAtOnce() throws Exception {
    CountDownLatch came = new CountDownLatch(2);
    vertx
        .eventBus()
        .<Buffer>consumer(Addresses.placement(2), unanswered -> came.countDown())
        .completion()
        .await(10, TimeUnit.SECONDS);
    hear(TERM, false);
    await().atMost(PATIENCE).until(() -> ticks.contains(Tick.STORE_HEARTBEAT));
    Future<byte[]> waiting = link.relay("m", new byte[0]);
    await().atMost(PATIENCE).until(() -> came.getCount() == 1);

    link.onUnreached(3);
    assertThat(waiting.isComplete()).as("another store").isFalse();
    link.onUnreached(2);
    assertThat(waiting.cause()).hasMessage("the node that drives placement cannot be reached");
    assertThatThrownBy(() -> link.relay("m", new byte[0]).await(30, TimeUnit.SECONDS))
        .hasMessage("nobody is known to drive placement");

    hear(TERM - 1, false);
    hear(TERM, false);
    link.relay("m", new byte[0]);
    assertThat(came.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("it lives").isTrue();
  }

  /** Most likely an election is under way, and is soon over. */
  @Test
  void whoAsksWhileNobodyDrivesWaitsForTheNextDriver() throws Exception {
    PlacementLink patient = link(PATIENCE);
    patient.open().await(10, TimeUnit.SECONDS);
    Future<byte[]> fromOther = patient.relay("m", new byte[0]);
    vertx
        .eventBus()
        .<Buffer>consumer(Addresses.placement(2), asked -> asked.reply(Buffer.buffer("from 2")))
        .completion()
        .await(10, TimeUnit.SECONDS);
    hear(TERM, false);
    assertThat(fromOther.await(30, TimeUnit.SECONDS)).asString().isEqualTo("from 2");

    patient.onUnreached(2);
    byte[] count = ByteBuffer.allocate(Long.BYTES).putLong(1).array();
    Future<byte[]> fromSelf = patient.relay(PlacementRequests.IDS, count);
    assertThat(link.report(leads(SYSTEM))).isTrue();
    assertThat(fromSelf.await(30, TimeUnit.SECONDS)).hasSize(Long.BYTES);
  }

  @Test
  void veryManyWhoAskMeanwhileDoNotWait() {
    PlacementLink patient = link(PATIENCE);
    List<Future<byte[]>> told = new ArrayList<>();
    for (int i = 0; i <= 1024; i++) {
      told.add(patient.relay("m", new byte[0]));
    }
    assertThat(told.get(1023).isComplete()).isFalse();
    assertThat(told.get(1024).cause()).hasMessage("nobody is known to drive placement");
  }

  @ParameterizedTest
  @ValueSource(strings = {PlacementRequests.IDS, PlacementRequests.FIND_REGION})
  void aRequestThatIsTooShortIsRefused(String method) {
    DeliveryOptions options =
        new DeliveryOptions().addHeader("m", method).setSendTimeout(PATIENCE.toMillis() / 3);
    assertThatThrownBy(
            () ->
                vertx
                    .eventBus()
                    .request(Addresses.placement(SELF), Buffer.buffer(new byte[7]), options)
                    .await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isInstanceOf(ReplyException.class)
        .hasMessage("request cannot be read");
  }

  /** It comes but once: this store would drive without knowing, or not know that it may. */
  @Test
  void whoLeadsTheSystemRegionIsHeardHoweverManyMessagesWait() throws Exception {
    CountDownLatch busy = fill();
    assertThat(link.report(leads(USERS))).isTrue();
    assertThat(link.report(leads(SYSTEM))).isTrue();
    busy.countDown();
    await().atMost(PATIENCE).until(runtime::isActive);
    busy = fill();
    assertThat(link.report(leads(USERS))).as("of another region").isFalse();
    assertThat(link.report(new PlacementTask.Lost(SYSTEM.getId(), TERM))).isTrue();
    busy.countDown();
    await().atMost(PATIENCE).until(() -> !runtime.isActive());
  }

  /** Keeps the driver's thread busy and its queue full until the latch is released. */
  private CountDownLatch fill() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch busy = new CountDownLatch(1);
    runtime.submit(
        pd -> {
          begun.countDown();
          try {
            busy.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    begun.await();
    while (runtime.submit(pd -> {})) {}
    return busy;
  }

  private void announce() {
    int before = hints.size();
    link.announce();
    await().atMost(PATIENCE).until(() -> hints.size() > before);
  }
}
