package dev.flotilla.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.config.ConfigBuilder;
import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.ValueCodec;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.CompareAndSwapRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Tick;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One store under random interleavings, power losses and failing disks.
 *
 * <p>Each key has one client with one operation at a time, so what a key may hold is known at any
 * moment: its last acknowledged value, or the value of an operation whose fate a crash has hidden.
 */
class OneStoreSimulationTest {
  private static final int KEYS = 12;
  private static final int STEPS = 3000;

  /** What is known of one key. */
  private static final class Client {
    final String key;
    final Set<@Nullable String> alternatives = new HashSet<>();
    @Nullable SimCallback inFlight;
    @Nullable String writing;
    boolean isRead;
    boolean isSwap;

    Client(String key) {
      this.key = key;
      this.alternatives.add(null);
    }
  }

  private final List<Client> clients = new ArrayList<>();
  private int nextValue;
  private int acknowledged;
  private int crashes;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void losesNothingAcknowledged(long seed) {
    Random random = new Random(seed);
    SimClock clock = new SimClock();
    RaftStoreConfig config = frequentLogGc();
    SimEngine kv = SimEngine.kv();
    SimEngine raft = SimEngine.raft();
    for (int i = 0; i < KEYS; i++) {
      clients.add(new Client("key" + i));
    }
    SimStore store = SimStore.start(kv, raft, clock, config, random.nextLong());
    for (int step = 0; step < STEPS; step++) {
      try {
        store = step(random, clock, store, config);
      } catch (EngineException planned) {
        store = crash(random, clock, store, config);
      }
      settleClients();
    }
    // Once more, so that no planned fault is left.
    store = crash(random, clock, store, config);
    store.settle();
    checkAll(store);
    assertThat(acknowledged).as("acknowledged writes of seed %s", seed).isGreaterThan(50);
    assertThat(crashes).as("crashes of seed %s", seed).isGreaterThan(3);
  }

  private SimStore step(Random random, SimClock clock, SimStore store, RaftStoreConfig config) {
    int dice = random.nextInt(1000);
    if (dice < 350) {
      operate(random, store);
    } else if (dice < 600) {
      store.turn(1 + random.nextInt(8));
    } else if (dice < 850) {
      store.apply(1 + random.nextInt(4));
    } else if (dice < 930) {
      clock.advance(100);
      store.tick(Tick.RAFT);
    } else if (dice < 960) {
      store.tick(Tick.RAFT_LOG_GC);
    } else if (dice < 975) {
      store.gcLogs();
    } else if (dice < 985) {
      clock.jumpWall(random.nextInt(20_000) - 10_000);
    } else if (dice < 993) {
      (random.nextBoolean() ? store.kv() : store.raft()).failWrite(1 + random.nextInt(4));
    } else {
      return crash(random, clock, store, config);
    }
    return store;
  }

  private void operate(Random random, SimStore store) {
    Client client = clients.get(random.nextInt(KEYS));
    if (client.inFlight != null) {
      return;
    }
    int kind = random.nextInt(10);
    client.isRead = kind < 3;
    client.isSwap = kind == 9 && client.alternatives.size() == 1;
    client.writing = kind == 3 ? null : "v" + nextValue++;
    SimCallback callback;
    RaftCmdRequest command;
    if (client.isRead) {
      callback = SimCallback.read(grant -> read(grant, client.key));
      command = SimStore.snap();
    } else {
      callback = SimCallback.write();
      String value = client.writing;
      command =
          value == null
              ? SimStore.delete(client.key)
              : client.isSwap ? swap(client, value) : SimStore.put(client.key, value);
    }
    client.inFlight = callback;
    store.send(command, callback);
  }

  private static RaftCmdRequest swap(Client client, String value) {
    CompareAndSwapRequest.Builder swap =
        CompareAndSwapRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8(client.key))
            .setValue(ByteString.copyFromUtf8(value));
    String present = client.alternatives.iterator().next();
    if (present == null) {
      swap.setPreviousNotExist(true);
    } else {
      swap.setPreviousValue(ByteString.copyFromUtf8(present));
    }
    return SimStore.command(
        Request.newBuilder().setCmdType(CmdType.CompareAndSwap).setCompareAndSwap(swap));
  }

  private static byte @Nullable [] read(ReadGrant grant, String key) {
    byte[] stored =
        grant.engine().get(Cf.DEFAULT, Keys.dataKey(key.getBytes(StandardCharsets.UTF_8)));
    return stored == null ? null : ValueCodec.value(stored);
  }

  private void settleClients() {
    for (Client client : clients) {
      SimCallback callback = client.inFlight;
      if (callback == null || !callback.isAnswered()) {
        continue;
      }
      client.inFlight = null;
      if (callback.refusal() != null) {
        if (!client.isRead && callback.refusal() instanceof Refusal.Undetermined) {
          client.alternatives.add(client.writing);
        }
      } else if (client.isRead) {
        checkRead(client, callback.value());
      } else {
        if (client.isSwap) {
          assertThat(callback.answer().getResponses(0).getCompareAndSwap().getSucceed()).isTrue();
        }
        acknowledged++;
        client.alternatives.clear();
        client.alternatives.add(client.writing);
      }
    }
  }

  private static void checkRead(Client client, byte @Nullable [] value) {
    String text = value == null ? null : new String(value, StandardCharsets.UTF_8);
    assertThat(client.alternatives).as(client.key).contains(text);
    client.alternatives.clear();
    client.alternatives.add(text);
  }

  /** Loses power, or only the process; whoever was waiting does not learn the outcome. */
  private SimStore crash(Random random, SimClock clock, SimStore store, RaftStoreConfig config) {
    crashes++;
    for (Client client : clients) {
      if (client.inFlight != null && !client.inFlight.isAnswered() && !client.isRead) {
        client.alternatives.add(client.writing);
      }
    }
    settleClients();
    clients.forEach(client -> client.inFlight = null);
    SimEngine kv = crash(random, store.kv());
    SimEngine raft = crash(random, store.raft());
    return SimStore.start(kv, raft, clock, config, random.nextLong());
  }

  private static SimEngine crash(Random random, SimEngine engine) {
    return random.nextInt(3) == 0
        ? engine.crashKeeping(engine.unsynced())
        : engine.crash(random.nextLong());
  }

  private void checkAll(SimStore store) {
    for (Client client : clients) {
      SimCallback callback = SimCallback.read(grant -> read(grant, client.key));
      store.send(SimStore.snap(), callback);
      store.settle();
      assertThat(callback.isAnswered()).as("read of %s", client.key).isTrue();
      assertThat(callback.refusal()).as("read of %s", client.key).isNull();
      checkRead(client, callback.value());
    }
  }

  private static RaftStoreConfig frequentLogGc() {
    return ConfigBuilder.from(RaftStoreConfig.defaults())
        .set("logGcTick", Duration.ofSeconds(1))
        .set("logGcThreshold", 5L)
        .set("logGcCountLimit", 20L)
        .build();
  }
}
