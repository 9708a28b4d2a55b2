package dev.flotilla.raftstore.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.flotilla.config.RegionConfig;
import dev.flotilla.coprocessor.Chain;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.Registration;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.ObserverContext;
import dev.flotilla.coprocessor.api.SplitCheckObserver;
import dev.flotilla.coprocessor.api.SplitChecker;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Engine;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.Regions;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SplitCheckRunnerTest {
  private static final int BYTES_MAX = 4096;
  private static final int SPLIT_BYTES = 2048;
  private static final RegionConfig CONFIG =
      new RegionConfig(
          BYTES_MAX,
          SPLIT_BYTES,
          1,
          Duration.ofSeconds(10),
          true,
          Duration.ZERO,
          1,
          Duration.ZERO,
          Duration.ofMinutes(5),
          Duration.ofHours(2));

  /** Wants cuts at what it is told, and is shown so many keys. */
  private static final class Cutter implements SplitCheckObserver, SplitChecker {
    final List<String> shown = new ArrayList<>();
    int keysMax = Integer.MAX_VALUE;
    List<String> cuts = List.of();
    long term;

    @Override
    public SplitChecker splitChecker(ObserverContext context) {
      term = context.term();
      return this;
    }

    @Override
    public boolean onKey(Bytes key, long bytes) {
      shown.add(key.toUtf8() + " " + bytes);
      return shown.size() < keysMax;
    }

    @Override
    public List<Bytes> splitKeys() {
      return cuts.stream().map(Bytes::utf8).toList();
    }
  }

  private final SimEngine kv = SimEngine.kv();
  private int opened;
  private int entriesRead;
  private final CoprocessorHost coprocessors = CoprocessorHost.withBuiltIns();

  private Cutter cutter() {
    Cutter cutter = new Cutter();
    coprocessors.publish(Chain.of(List.of(Registration.of("cutter", "1", cutter))));
    return cutter;
  }

  private void put(Cf cf, String key, int valueBytes) {
    try (WriteBatch batch = kv.newBatch()) {
      batch.put(cf, Keys.dataKey(key.getBytes(StandardCharsets.UTF_8)), new byte[valueBytes]);
      kv.write(batch, false);
    }
  }

  /** The same, but counts what is read of it. */
  private <T> T counted(T target, Class<T> type) {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          opened += method.getName().equals("iterator") ? 1 : 0;
          entriesRead += method.getName().equals("value") ? 1 : 0;
          try {
            Object result = method.invoke(target, arguments);
            return result instanceof EngineIterator entries
                ? counted(entries, EngineIterator.class)
                : result;
          } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
          }
        };
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  /** Where the region that begins at {@code start} is to be cut. */
  private List<String> cuts(String start) {
    return cuts(Region.newBuilder().setId(2).setStartKey(ByteString.copyFromUtf8(start)).build());
  }

  private List<String> cuts(Region region) {
    List<String> cuts = new ArrayList<>();
    SplitCheckRunner runner =
        new SplitCheckRunner(
            counted(kv, Engine.class),
            CONFIG,
            coprocessors,
            msg -> {
              if (msg instanceof Msg.SplitRegion split) {
                split.splitKeys().forEach(key -> cuts.add(key.toStringUtf8()));
              }
              return true;
            });
    runner.run(List.of(new SplitCheckTask(region, 7)));
    return cuts;
  }

  @Test
  void cutsWhereAPartIsFull() {
    for (int i = 0; i < 9; i++) {
      put(Cf.DEFAULT, "k" + i, 500);
    }
    assertThat(cuts("")).containsExactly("k4");
  }

  @Test
  void leavesASmallRegionAlone() {
    put(Cf.DEFAULT, "k", BYTES_MAX / 2);
    assertThat(cuts("")).isEmpty();
  }

  /** A region cannot be cut where it begins, and one without data is of no use. */
  @Test
  void cutsBehindAFirstValueThatFillsAPart() {
    put(Cf.DEFAULT, "k1", SPLIT_BYTES);
    put(Cf.LOCK, "k1", 1);
    put(Cf.DEFAULT, "k2", SPLIT_BYTES);
    assertThat(cuts("k1")).containsExactly("k2");
    assertThat(cuts("")).containsExactly("k2");
  }

  @Test
  void cutsBehindAFirstValueThatIsLargerThanARegion() {
    put(Cf.DEFAULT, "k1", BYTES_MAX);
    assertThat(cuts("k1")).isEmpty();
    put(Cf.DEFAULT, "k2", 1);
    assertThat(cuts("k1")).containsExactly("k2");
  }

  @Test
  void showsAPluginEachKeyOnceAndCutsASmallRegionWhereItSays() {
    put(Cf.DEFAULT, "a", 10);
    put(Cf.DEFAULT, "b1", 20);
    put(Cf.LOCK, "b2", 30);
    put(Cf.WRITE, "b2", 40);
    put(Cf.DEFAULT, "b3", 50);
    Cutter cutter = cutter();
    cutter.cuts = List.of("b2", "b3");

    assertThat(cuts("b")).containsExactly("b2", "b3");
    assertThat(cutter.shown).containsExactly("b1 23", "b2 76", "b3 53");
    assertThat(cutter.term).isEqualTo(7);
  }

  /** A plugin sees no more than it wants to, and the bound on sizes is kept all the same. */
  @Test
  void cutsBySizeWhereAPluginNamesNothing() {
    for (int i = 0; i < 9; i++) {
      put(Cf.DEFAULT, "k" + i, 500);
    }
    Cutter cutter = cutter();
    cutter.keysMax = 2;
    assertThat(cuts("")).containsExactly("k4");
    assertThat(cutter.shown).hasSize(2);

    cutter.cuts = List.of("k1");
    assertThat(cuts("")).containsExactly("k1");
    cutter.cuts = List.of("k1", "k1");
    assertThat(cuts("")).as("named in no order").containsExactly("k4");
  }

  /** The whole, although the bound on sizes is known to be passed at the ninth key. */
  @Test
  void showsAPluginAllOfARegionThatIsTooLarge() {
    for (int i = 0; i < 20; i++) {
      put(Cf.DEFAULT, "k%02d".formatted(i), 500);
    }
    Cutter cutter = cutter();
    assertThat(cuts("")).containsExactly("k04");
    assertThat(cutter.shown).hasSize(20);
  }

  @Test
  void readsNoMoreThanSomebodyNeeds() {
    for (int i = 0; i < 6; i++) {
      put(Cf.DEFAULT, "k" + i, 500);
    }
    assertThat(cuts("")).isEmpty();
    assertThat(opened).isZero();
    cutter().keysMax = 2;
    assertThat(cuts("")).isEmpty();
    assertThat(entriesRead).isEqualTo(2);

    for (int i = 6; i < 10; i++) {
      put(Cf.DEFAULT, "k" + i, 500);
    }
    entriesRead = 0;
    assertThat(cuts("")).containsExactly("k4");
    assertThat(entriesRead).as("until the bound is known to be passed").isEqualTo(9);
  }

  @Test
  void showsNobodyTheSystemRegion() {
    put(Cf.DEFAULT, "k", 10);
    Cutter cutter = cutter();
    cutter.cuts = List.of("k");
    assertThat(cuts(Region.newBuilder().setId(Regions.SYSTEM_REGION_ID).build())).isEmpty();
    assertThat(cutter.shown).isEmpty();
  }

  /** Also when the disk fails: whoever waits to stop the plugin would wait for ever. */
  @Test
  void letsGoOfThePluginsAtTheEnd() {
    cutter();
    cuts("");
    Chain before = coprocessors.publish(Chain.of(List.of()));
    assertThat(before.isUnused()).isTrue();

    cutter();
    kv.close();
    assertThatThrownBy(() -> cuts("")).isInstanceOf(IllegalStateException.class);
    before = coprocessors.publish(Chain.of(List.of()));
    assertThat(before.isUnused()).isTrue();
  }
}
