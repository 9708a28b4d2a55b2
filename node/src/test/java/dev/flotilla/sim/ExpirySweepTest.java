package dev.flotilla.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.coprocessor.Chain;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.Registration;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.ProposeContext;
import dev.flotilla.coprocessor.api.QueryBatch;
import dev.flotilla.coprocessor.api.QueryObserver;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.kv.ExpirySweep;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.PutRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExpirySweepTest {
  private final SimClock clock = new SimClock();
  private final SimEngine kv = SimEngine.kv();
  private final CoprocessorHost coprocessors = CoprocessorHost.withBuiltIns();
  private final SimStore store =
      SimStore.start(kv, SimEngine.raft(), clock, RaftStoreConfig.defaults(), coprocessors, 1);
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private static final long ENTRY_BYTES_MAX = RaftStoreConfig.defaults().entryBytesMax();

  private final ExpirySweep sweep =
      new ExpirySweep(store.router(), tasks::add, clock, ENTRY_BYTES_MAX);

  @BeforeEach
  void learnWhatIsLed() {
    store.settle();
    store.placement().forEach(sweep::onReport);
  }

  private static RaftCmdRequest put(String key, long ttlSeconds) {
    return SimStore.command(
        Request.newBuilder()
            .setCmdType(CmdType.Put)
            .setPut(
                PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(key))
                    .setValue(ByteString.copyFromUtf8("v"))
                    .setTtlSeconds(ttlSeconds)));
  }

  private void send(RaftCmdRequest command) {
    SimCallback callback = SimCallback.write();
    store.send(command, callback);
    store.settle();
    assertThat(callback.refusal()).isNull();
  }

  /** Puts a value whose time is over. */
  private void sendExpired(String key) {
    send(put(key, 1));
    clock.advance(1001);
  }

  private void runSweep() {
    sweep.step();
    for (int i = 0; i < 5; i++) {
      store.settle();
      while (!tasks.isEmpty()) {
        tasks.remove().run();
      }
    }
  }

  private boolean isStored(String key) {
    return kv.get(Cf.DEFAULT, Keys.dataKey(key.getBytes(StandardCharsets.UTF_8))) != null;
  }

  @Test
  void deletesWhatHasExpiredAndNothingElse() {
    send(put("forever", 0));
    send(put("long", 1000));
    sendExpired("short");
    runSweep();
    assertThat(isStored("short")).isFalse();
    assertThat(isStored("long")).isTrue();
    assertThat(isStored("forever")).isTrue();
  }

  @ParameterizedTest
  @EnumSource(value = Cf.class, names = "RAFT", mode = EnumSource.Mode.EXCLUDE)
  void deletesWhatHasExpiredInEveryFamily(Cf cf) {
    RaftCmdRequest.Builder command = put("short", 1).toBuilder();
    command.getRequestsBuilder(0).getPutBuilder().setCf(cf.diskName());
    send(command.build());
    clock.advance(1001);
    runSweep();
    assertThat(kv.get(cf, Keys.dataKey("short".getBytes(StandardCharsets.UTF_8)))).isNull();
  }

  /** More of them than fit into one entry, and fewer than are deleted at once. */
  @Test
  void deletesWhatHasExpiredUnderLongKeys() {
    String tail = "k".repeat(60_000);
    int keys = (int) (ENTRY_BYTES_MAX / tail.length()) + 10;
    for (int i = 0; i < keys; i++) {
      send(put(i + tail, 1));
    }
    clock.advance(1001);
    runSweep();
    runSweep();
    for (int i = 0; i < keys; i++) {
      assertThat(isStored(i + tail)).as("key %s", i).isFalse();
    }
  }

  /** Gives a tenant a key space of its own. */
  private static final class Tenant implements QueryObserver {
    @Override
    public void preProposeQuery(ProposeContext context, QueryBatch batch) {
      for (int i = 0; i < batch.size(); i++) {
        batch.setKey(i, Bytes.utf8("t1/").concat(batch.key(i)));
      }
    }
  }

  @Test
  void deletesWhereObserversHaveHadItPut() {
    coprocessors.publish(Chain.of(List.of(Registration.of("tenant", "1", new Tenant()))));
    sendExpired("short");
    assertThat(isStored("t1/short")).isTrue();
    runSweep();
    assertThat(isStored("t1/short")).isFalse();
  }

  @Test
  void leavesAloneWhatWasPutAgainSinceItLooked() {
    sendExpired("key");
    sweep.step();
    store.turn(100);
    // The sweep has been granted its snapshot; before it proposes the delete a client puts again.
    send(put("key", 0));
    for (int i = 0; i < 5; i++) {
      while (!tasks.isEmpty()) {
        tasks.remove().run();
      }
      store.settle();
    }
    assertThat(isStored("key")).isTrue();
  }

  @Test
  void looksSeldomWhereNothingExpires() {
    send(put("forever", 0));
    runSweep();
    send(put("short", 1));
    clock.advance(ExpirySweep.REST.toMillis() - 1);
    runSweep();
    assertThat(isStored("short")).isTrue();
    clock.advance(1);
    runSweep();
    assertThat(isStored("short")).isFalse();
  }

  @Test
  void looksAgainAtOnceWhereSomethingExpires() {
    send(put("long", 1000));
    runSweep();
    sendExpired("short");
    runSweep();
    assertThat(isStored("short")).isFalse();
  }

  @Test
  void remembersWhatItSawEarlierInThePass() {
    send(put("a", 1000));
    for (int i = 0; i < ExpirySweep.KEYS_PER_STEP; i++) {
      send(put("b" + i, 0));
    }
    runSweep();
    runSweep();
    sendExpired("short");
    runSweep();
    runSweep();
    assertThat(isStored("short")).isFalse();
  }

  @Test
  void restsAfterAPassThatFoundNothingAnyMore() {
    sendExpired("short");
    runSweep();
    runSweep();
    sendExpired("late");
    runSweep();
    assertThat(isStored("late")).isTrue();
  }

  /** Each region is reported now and then, and far more may be led than are swept in between. */
  @Test
  void reportsDoNotKeepARegionFromItsTurn() {
    List<Long> asked = new ArrayList<>();
    ExpirySweep many =
        new ExpirySweep(
            msg -> {
              Msg.Command command = (Msg.Command) msg;
              asked.add(command.request().getHeader().getRegionId());
              command.callback().refused(new Refusal.ServerIsBusy("test"));
              return true;
            },
            tasks::add,
            clock,
            ENTRY_BYTES_MAX);
    for (int round = 0; round < 3; round++) {
      for (long region : new long[] {11, 12, 13}) {
        many.onReport(leads(region));
      }
      many.step();
      tasks.remove().run();
    }
    assertThat(asked).containsExactly(11L, 12L, 13L);
  }

  private static PlacementTask.Leads leads(long regionId) {
    return new PlacementTask.Leads(
        Region.newBuilder().setId(regionId).build(),
        Peer.getDefaultInstance(),
        5,
        0,
        List.of(),
        List.of());
  }
}
