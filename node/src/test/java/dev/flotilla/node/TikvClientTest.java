package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tikv.common.TiConfiguration;
import org.tikv.common.TiSession;
import org.tikv.common.util.ScanOption;
import org.tikv.kvproto.Kvrpcpb.KvPair;
import org.tikv.raw.RawKVClient;
import org.tikv.shade.com.google.protobuf.ByteString;

/** The unchanged Java client of TiKV, with its default settings, against a real node. */
class TikvClientTest {
  @TempDir private static Path data;

  private static RunningNode node;
  private static TiSession session;
  private static RawKVClient client;

  @BeforeAll
  static void start() throws Exception {
    node = RunningNode.start(data);
    TiConfiguration configuration = TiConfiguration.createRawDefault(node.address().toString());
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

  @Test
  void comparesAndSwaps() {
    ByteString key = bytes("cas");
    assertThat(client.putIfAbsent(key, bytes("1"))).isEmpty();
    assertThat(client.putIfAbsent(key, bytes("2"))).contains(bytes("1"));
    client.compareAndSet(key, Optional.of(bytes("1")), bytes("3"));
    assertThat(client.get(key)).contains(bytes("3"));
  }

  @Test
  void keepsTimeToLive() {
    client.put(bytes("forever"), bytes("v"));
    client.put(bytes("mortal"), bytes("v"), 100);
    assertThat(client.getKeyTTL(bytes("forever"))).contains(0L);
    assertThat(client.getKeyTTL(bytes("mortal")).orElseThrow()).isBetween(90L, 100L);
    assertThat(client.getKeyTTL(bytes("absent"))).isEmpty();
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
  void keepsLargeValues() {
    ByteString value = ByteString.copyFrom(new byte[3 << 20]);
    client.put(bytes("large"), value);
    assertThat(client.get(bytes("large")).orElseThrow().size()).isEqualTo(3 << 20);
  }

  @Test
  void refusesNothingOfUtf8() {
    client.put(bytes("schlüssel"), bytes("größe"));
    assertThat(client.get(bytes("schlüssel")).orElseThrow().toString(StandardCharsets.UTF_8))
        .isEqualTo("größe");
  }
}
