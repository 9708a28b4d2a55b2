package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tikv.common.TiConfiguration;
import org.tikv.common.TiSession;
import org.tikv.common.exception.RawCASConflictException;
import org.tikv.common.util.Pair;
import org.tikv.common.util.ScanOption;
import org.tikv.kvproto.Kvrpcpb.KvPair;
import org.tikv.raw.RawKVClient;
import org.tikv.shade.com.google.protobuf.ByteString;

/**
 * The unchanged Java client of TiKV, warm-up included, against a node in a process of its own. The
 * only setting that is not its default lets it offer compare-and-swap at all. Every call of its raw
 * API is made.
 */
class TikvClientTest {
  @TempDir private static Path data;

  private static NodeUnderTest node;
  private static TiSession session;
  private static RawKVClient client;

  @BeforeAll
  static void start() throws Exception {
    node = NodeUnderTest.start(data);
    TiConfiguration configuration = TiConfiguration.createRawDefault(node.address());
    configuration.setEnableAtomicForCAS(true);
    session = TiSession.create(configuration);
    client = session.createRawClient();
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
    session.close();
    node.close();
  }

  @BeforeEach
  void clear() {
    client.deleteRange(ByteString.EMPTY, ByteString.EMPTY);
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  @Test
  void putsGetsAndDeletes() {
    client.put(bytes("k"), bytes("v1"));
    assertThat(client.get(bytes("k"))).contains(bytes("v1"));
    client.put(bytes("k"), bytes("v2"));
    assertThat(client.get(bytes("k"))).contains(bytes("v2"));
    client.delete(bytes("k"));
    assertThat(client.get(bytes("k"))).isEmpty();
    client.delete(bytes("k"));
  }

  @Test
  void takesTheEmptyKeyAndTheEmptyValue() {
    client.put(ByteString.EMPTY, bytes("v"));
    assertThat(client.get(ByteString.EMPTY)).contains(bytes("v"));
    client.put(bytes("k"), ByteString.EMPTY);
    assertThat(client.get(bytes("k"))).contains(ByteString.EMPTY);
  }

  /**
   * The client tries again what it got no answer to within 200 ms, which a busy machine may need; a
   * swap then meets what it wrote itself, and nothing else may be there.
   */
  private void swap(ByteString key, Runnable swap, String value) {
    try {
      swap.run();
    } catch (RawCASConflictException ownWrite) {
      assertThat(client.get(key)).contains(bytes(value));
    }
  }

  /** What a first {@code putIfAbsent} finds: nothing, or itself when it was tried again. */
  private static List<Optional<ByteString>> nothingOr(String value) {
    return List.of(Optional.empty(), Optional.of(bytes(value)));
  }

  @Test
  void comparesAndSwaps() {
    ByteString key = bytes("cas");
    assertThat(client.putIfAbsent(key, bytes("1"))).isIn(nothingOr("1"));
    assertThat(client.putIfAbsent(key, bytes("2"))).contains(bytes("1"));
    swap(key, () -> client.compareAndSet(key, Optional.of(bytes("1")), bytes("3")), "3");
    assertThat(client.get(key)).contains(bytes("3"));
    assertThatThrownBy(() -> client.compareAndSet(key, Optional.of(bytes("1")), bytes("4")))
        .isInstanceOf(RawCASConflictException.class);
    swap(key, () -> client.compareAndSet(key, Optional.of(bytes("3")), bytes("5"), 100), "5");
    assertThat(client.getKeyTTL(key).orElseThrow()).isBetween(60L, 100L);
    assertThat(client.putIfAbsent(bytes("mortal cas"), bytes("1"), 100)).isIn(nothingOr("1"));
    assertThat(client.getKeyTTL(bytes("mortal cas")).orElseThrow()).isBetween(60L, 100L);
  }

  @Test
  void keepsTimeToLive() {
    client.put(bytes("forever"), bytes("v"));
    client.put(bytes("mortal"), bytes("v"), 100);
    assertThat(client.getKeyTTL(bytes("forever"))).contains(0L);
    assertThat(client.getKeyTTL(bytes("mortal")).orElseThrow()).isBetween(60L, 100L);
    assertThat(client.getKeyTTL(bytes("absent"))).isEmpty();
    client.batchPut(Map.of(bytes("mortal1"), bytes("v"), bytes("mortal2"), bytes("v")), 100);
    assertThat(client.getKeyTTL(bytes("mortal1")).orElseThrow()).isBetween(60L, 100L);
    assertThat(client.getKeyTTL(bytes("mortal2")).orElseThrow()).isBetween(60L, 100L);
  }

  @Test
  void valuesExpire() {
    client.put(bytes("brief"), bytes("v"), 1);
    client.put(bytes("other"), bytes("v"));
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> client.get(bytes("brief")).isEmpty());
    assertThat(client.getKeyTTL(bytes("brief"))).isEmpty();
    assertThat(client.scan(ByteString.EMPTY, 10)).hasSize(1);
    assertThat(client.putIfAbsent(bytes("brief"), bytes("again"))).isEmpty();
  }

  @Test
  void scansInEveryForm() {
    for (int i = 0; i < 30; i++) {
      client.put(bytes(String.format("p%02d", i)), bytes("v" + i));
    }
    assertThat(client.scan(bytes("p05"), bytes("p20"), 3)).hasSize(3);
    assertThat(client.scan(bytes("p05"), bytes("p20"), 3, true)).hasSize(3);
    assertThat(client.scan(bytes("p05"), bytes("p20"), true)).hasSize(15);
    assertThat(client.scanPrefix(bytes("p1"), 4, true)).hasSize(4);
    assertThat(client.scanPrefix(bytes("p1"), true)).hasSize(10);
    assertThat(client.scan0(bytes("p00"), bytes("p10"))).toIterable().hasSize(10);
    assertThat(client.scan0(bytes("p00"), bytes("p10"), true)).toIterable().hasSize(10);
    assertThat(client.scan0(bytes("p00"), bytes("p10"), 5)).toIterable().hasSize(5);
    assertThat(client.scan0(bytes("p00"), bytes("p10"), 5, true)).toIterable().hasSize(5);
    assertThat(client.scan0(bytes("p00"), 7)).toIterable().hasSize(7);
    assertThat(client.scan0(bytes("p00"), 7, true)).toIterable().hasSize(7);
    assertThat(client.scanPrefix0(bytes("p2"))).toIterable().hasSize(10);
    assertThat(client.scanPrefix0(bytes("p2"), true)).toIterable().hasSize(10);
    assertThat(client.scanPrefix0(bytes("p2"), 6, true)).toIterable().hasSize(6);
    List<List<ByteString>> keys =
        client.batchScanKeys(
            List.of(
                Pair.create(bytes("p00"), bytes("p05")), Pair.create(bytes("p10"), bytes("p12"))),
            100);
    assertThat(keys.get(0)).hasSize(5);
    assertThat(keys.get(1)).hasSize(2);
  }

  @Test
  void batches() {
    Map<ByteString, ByteString> pairs =
        new TreeMap<>(ByteString.unsignedLexicographicalComparator());
    List<ByteString> keys = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      ByteString key = bytes(String.format("batch%05d", i));
      keys.add(key);
      pairs.put(key, bytes("value" + i));
    }
    client.batchPut(pairs);
    List<KvPair> found = client.batchGet(keys);
    assertThat(found).hasSize(3000);
    client.batchDelete(keys.subList(0, 1000));
    assertThat(client.batchGet(keys)).hasSize(2000);
  }

  @Test
  void scans() {
    for (int i = 0; i < 50; i++) {
      client.put(bytes(String.format("s%02d", i)), bytes("v" + i));
    }
    List<KvPair> some = client.scan(bytes("s10"), bytes("s20"));
    assertThat(some).hasSize(10);
    assertThat(some.get(0).getKey()).isEqualTo(bytes("s10"));
    assertThat(client.scan(bytes("s"), 7)).hasSize(7);
    assertThat(client.scan(bytes("s"), 7, true).get(0).getValue()).isEqualTo(ByteString.EMPTY);
    assertThat(client.scanPrefix(bytes("s4"))).hasSize(10);
    List<ScanOption> options =
        List.of(
            ScanOption.newBuilder()
                .setStartKey(bytes("s00"))
                .setEndKey(bytes("s10"))
                .setLimit(100)
                .build(),
            ScanOption.newBuilder()
                .setStartKey(bytes("s30"))
                .setEndKey(bytes("s35"))
                .setLimit(100)
                .build());
    List<List<KvPair>> batches = client.batchScan(options);
    assertThat(batches.get(0)).hasSize(10);
    assertThat(batches.get(1)).hasSize(5);
  }

  @Test
  void deletesRanges() {
    for (int i = 0; i < 20; i++) {
      client.put(bytes(String.format("d%02d", i)), bytes("v"));
    }
    client.deleteRange(bytes("d05"), bytes("d10"));
    assertThat(client.scanPrefix(bytes("d"))).hasSize(15);
    client.deletePrefix(bytes("d1"));
    assertThat(client.scanPrefix(bytes("d"))).hasSize(5);
    client.deleteRange(ByteString.EMPTY, ByteString.EMPTY);
    assertThat(client.scanPrefix(bytes("d"))).isEmpty();
  }

  @Test
  void givesTimestampsThatGrow() {
    long last = 0;
    for (int i = 0; i < 100; i++) {
      long version = session.getTimestamp().getVersion();
      assertThat(version).isGreaterThan(last);
      last = version;
    }
  }

  @Test
  void ingests() {
    List<Pair<ByteString, ByteString>> pairs = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      pairs.add(Pair.create(bytes(String.format("in%05d", i)), bytes("value" + i)));
    }
    client.put(bytes("in00000"), bytes("older"));
    client.ingest(pairs);
    assertThat(client.scanPrefix(bytes("in"), 10_000, true)).hasSize(5000);
    assertThat(client.get(bytes("in00000"))).contains(bytes("value0"));
    assertThat(client.get(bytes("in04999"))).contains(bytes("value4999"));
    assertThat(client.getKeyTTL(bytes("in00001"))).contains(0L);
  }

  @Test
  void ingestsWithTimeToLive() {
    client.ingest(List.of(Pair.create(bytes("mortal in"), bytes("v"))), 100L);
    assertThat(client.get(bytes("mortal in"))).contains(bytes("v"));
    assertThat(client.getKeyTTL(bytes("mortal in")).orElseThrow()).isBetween(60L, 100L);
  }

  @Test
  void splitsAndScatters() {
    session.splitRegionAndScatter(
        List.of("cut1".getBytes(StandardCharsets.UTF_8), "cut2".getBytes(StandardCharsets.UTF_8)));
    assertThat(session.getRegionManager().getRegionByKey(bytes("cut1")).getStartKey())
        .isEqualTo(bytes("cut1"));
    assertThat(session.getRegionManager().getRegionByKey(bytes("cut1")).getEndKey())
        .isEqualTo(bytes("cut2"));
  }

  @Test
  void keepsValuesBeyondTheUsualMessageLimit() {
    ByteString value = ByteString.copyFrom(new byte[700 << 10]);
    client.put(bytes("large"), value);
    assertThat(client.get(bytes("large")).orElseThrow().size()).isEqualTo(700 << 10);
  }

  @Test
  void refusesNothingOfUtf8() {
    client.put(bytes("schlüssel"), bytes("größe"));
    assertThat(client.get(bytes("schlüssel")).orElseThrow().toString(StandardCharsets.UTF_8))
        .isEqualTo("größe");
  }
}
