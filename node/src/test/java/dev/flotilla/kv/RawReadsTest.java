package dev.flotilla.kv;

import static dev.flotilla.raftstore.RaftCommands.REGION;
import static dev.flotilla.raftstore.RaftCommands.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.engine.ValueCodec;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.kvrpcpb.KeyRange;
import dev.flotilla.proto.kvrpcpb.KvPair;
import dev.flotilla.proto.kvrpcpb.RawBatchGetRequest;
import dev.flotilla.proto.kvrpcpb.RawBatchScanRequest;
import dev.flotilla.proto.kvrpcpb.RawChecksumRequest;
import dev.flotilla.proto.kvrpcpb.RawChecksumResponse;
import dev.flotilla.proto.kvrpcpb.RawGetKeyTTLRequest;
import dev.flotilla.proto.kvrpcpb.RawGetKeyTTLResponse;
import dev.flotilla.proto.kvrpcpb.RawGetRequest;
import dev.flotilla.proto.kvrpcpb.RawGetResponse;
import dev.flotilla.proto.kvrpcpb.RawScanRequest;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.SharedSnapshot;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads of a region from {@code b} to {@code y}; its neighbours' keys are in the same engine. */
class RawReadsTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final long BYTES_MAX = 1 << 20;

  private final SimEngine engine = SimEngine.kv();

  private void put(String key, String value, long expiryMillis) {
    StoredPairs.put(engine, key, value, expiryMillis);
  }

  private void put(String... keys) {
    for (String key : keys) {
      put(key, "v" + key, ValueCodec.NEVER);
    }
  }

  private RegionSnapshot at(long wallMillis, long lastStampMillis, Region region) {
    return new RegionSnapshot(
        new ReadGrant(new SharedSnapshot(engine.snapshot()), region, 6, lastStampMillis),
        wallMillis);
  }

  private RegionSnapshot now() {
    return at(NOW, 0, REGION);
  }

  private static RawGetRequest get(String key) {
    return RawGetRequest.newBuilder().setKey(text(key)).build();
  }

  @Test
  void tellsAbsentFromEmpty() {
    put("c", "", ValueCodec.NEVER);
    RawGetResponse empty = RawReads.get(get("c"), new SnapshotPairs(now(), BYTES_MAX));
    assertThat(empty.getNotFound()).isFalse();
    assertThat(empty.getValue().isEmpty()).isTrue();
    assertThat(RawReads.get(get("d"), new SnapshotPairs(now(), BYTES_MAX)).getNotFound()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "y", "z", ""})
  void refusesKeyOfAnotherRegion(String key) {
    put("a", "y", "z");
    assertThatThrownBy(() -> RawReads.get(get(key), new SnapshotPairs(now(), BYTES_MAX)))
        .isInstanceOf(Refusal.KeyNotInRegion.class);
    assertThatThrownBy(
            () ->
                RawReads.ttl(
                    RawGetKeyTTLRequest.newBuilder().setKey(text(key)).build(),
                    new SnapshotPairs(now(), BYTES_MAX),
                    now()))
        .isInstanceOf(Refusal.KeyNotInRegion.class);
    assertThatThrownBy(
            () ->
                RawReads.batchGet(
                    RawBatchGetRequest.newBuilder().addKeys(text("c")).addKeys(text(key)).build(),
                    new SnapshotPairs(now(), BYTES_MAX)))
        .isInstanceOf(Refusal.KeyNotInRegion.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"raft", "none"})
  void refusesUnknownFamily(String cf) {
    assertThatThrownBy(
            () ->
                RawReads.get(
                    get("c").toBuilder().setCf(cf).build(), new SnapshotPairs(now(), BYTES_MAX)))
        .isInstanceOf(Refusal.Invalid.class);
    assertThatThrownBy(
            () ->
                RawReads.scan(
                    RawScanRequest.newBuilder().setCf(cf).setLimit(1).build(),
                    new SnapshotPairs(now(), BYTES_MAX)))
        .isInstanceOf(Refusal.Invalid.class);
  }

  /** Expiry is at NOW + 5000. */
  @ParameterizedTest
  @CsvSource({
    "4999, 0, true",
    "5000, 0, false",
    "5001, 0, false",
    "0, 4999, true",
    "0, 5000, false",
    "-100000, 5000, false",
    "5000, -100000, false",
    "4999, 4999, true"
  })
  void valueIsGoneFromItsExpiryOnByTheLaterOfClockAndStamp(long wall, long stamp, boolean there) {
    put("c", "v", NOW + 5000);
    RegionSnapshot snapshot = at(NOW + wall, NOW + stamp, REGION);
    assertThat(RawReads.get(get("c"), new SnapshotPairs(snapshot, BYTES_MAX)).getNotFound())
        .isEqualTo(!there);
    assertThat(scan(snapshot, "", "", 10)).hasSize(there ? 1 : 0);
    assertThat(
            RawReads.ttl(
                    RawGetKeyTTLRequest.newBuilder().setKey(text("c")).build(),
                    new SnapshotPairs(snapshot, BYTES_MAX),
                    snapshot)
                .getNotFound())
        .isEqualTo(!there);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "999, 1", "1000, 1", "1001, 2", "2000, 2", "60000, 60"})
  void timeToLiveIsRoundedUp(long leftMillis, long seconds) {
    put("c", "v", NOW + leftMillis);
    RawGetKeyTTLResponse response =
        RawReads.ttl(
            RawGetKeyTTLRequest.newBuilder().setKey(text("c")).build(),
            new SnapshotPairs(now(), BYTES_MAX),
            now());
    assertThat(response.getNotFound()).isFalse();
    assertThat(response.getTtl()).isEqualTo(seconds);
  }

  @Test
  void timeToLiveOfWhatNeverExpiresIsZero() {
    put("c");
    RawGetKeyTTLResponse response =
        RawReads.ttl(
            RawGetKeyTTLRequest.newBuilder().setKey(text("c")).build(),
            new SnapshotPairs(now(), BYTES_MAX),
            now());
    assertThat(response.getNotFound()).isFalse();
    assertThat(response.getTtl()).isZero();
  }

  @Test
  void batchGetAnswersInTheOrderAskedLeavingOutWhatIsAbsent() {
    put("c", "d", "e");
    put("f", "v", NOW);
    RawBatchGetRequest.Builder request = RawBatchGetRequest.newBuilder();
    for (String key : List.of("e", "g", "c", "f", "e")) {
      request.addKeys(text(key));
    }
    assertThat(
            RawReads.batchGet(request.build(), new SnapshotPairs(now(), BYTES_MAX)).getPairsList())
        .extracting(RawReadsTest::flat)
        .containsExactly("e=ve", "c=vc", "e=ve");
  }

  private static String flat(KvPair pair) {
    return pair.getKey().toStringUtf8() + "=" + pair.getValue().toStringUtf8();
  }

  private static List<String> scan(RegionSnapshot snapshot, String start, String end, int limit) {
    return keys(
        RawReads.scan(
                RawScanRequest.newBuilder()
                    .setStartKey(text(start))
                    .setEndKey(text(end))
                    .setLimit(limit)
                    .build(),
                new SnapshotPairs(snapshot, BYTES_MAX))
            .getKvsList());
  }

  private static List<String> reverse(
      RegionSnapshot snapshot, String start, String end, int limit) {
    return keys(
        RawReads.scan(
                RawScanRequest.newBuilder()
                    .setStartKey(text(start))
                    .setEndKey(text(end))
                    .setLimit(limit)
                    .setReverse(true)
                    .build(),
                new SnapshotPairs(snapshot, BYTES_MAX))
            .getKvsList());
  }

  private static List<String> keys(List<KvPair> pairs) {
    return pairs.stream().map(pair -> pair.getKey().toStringUtf8()).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', 10, bcdx",
    "a, '', 10, bcdx",
    "b, y, 10, bcdx",
    "b, z, 10, bcdx",
    "c, '', 10, cdx",
    "c0, '', 10, dx",
    "'', d, 10, bc",
    "c, d, 10, c",
    "c, c, 10, ''",
    "d, c, 10, ''",
    "'', '', 2, bc",
    "'', '', 0, ''",
    "x0, '', 10, ''"
  })
  void scansInsideRegionAndBounds(String start, String end, int limit, String expected) {
    put("a", "b", "c", "d", "x", "y", "z");
    assertThat(String.join("", scan(now(), start, end, limit))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', 10, xdcb",
    "z, a, 10, xdcb",
    "y, b, 10, xdcb",
    "d, '', 10, cb",
    "d0, '', 10, dcb",
    "'', c, 10, xdc",
    "d, c, 10, c",
    "c, c, 10, ''",
    "c, d, 10, ''",
    "'', '', 2, xd",
    "b, '', 10, ''"
  })
  void scansBackwardsFromBelowTheUpperBound(String start, String end, int limit, String expected) {
    put("a", "b", "c", "d", "x", "y", "z");
    assertThat(String.join("", reverse(now(), start, end, limit))).isEqualTo(expected);
  }

  @Test
  void scansRegionWithoutBounds() {
    put("a", "m", "z", "\u007f");
    Region all = REGION.toBuilder().clearStartKey().clearEndKey().build();
    assertThat(scan(at(NOW, 0, all), "", "", 10)).containsExactly("a", "m", "z", "\u007f");
    assertThat(reverse(at(NOW, 0, all), "", "", 10)).containsExactly("\u007f", "z", "m", "a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"y", "y0", "z"})
  void refusesScanThatBeginsPastTheRegion(String start) {
    assertThatThrownBy(() -> scan(now(), start, "", 10)).isInstanceOf(Refusal.KeyNotInRegion.class);
  }

  @Test
  void expiredEntriesDoNotCountAgainstTheLimit() {
    put("c", "e", "g");
    put("b", "v", NOW);
    put("d", "v", NOW - 1);
    put("f", "v", NOW + 1);
    assertThat(scan(now(), "", "", 3)).containsExactly("c", "e", "f");
    assertThat(reverse(now(), "", "", 3)).containsExactly("g", "f", "e");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void scanForKeysLeavesValuesOut(boolean keyOnly) {
    put("c");
    RawScanRequest request = RawScanRequest.newBuilder().setLimit(9).setKeyOnly(keyOnly).build();
    assertThat(RawReads.scan(request, new SnapshotPairs(now(), BYTES_MAX)).getKvsList())
        .extracting(RawReadsTest::flat)
        .containsExactly(keyOnly ? "c=" : "c=vc");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 10_241, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void refusesLimitOutOfRange(int limit) {
    assertThatThrownBy(() -> scan(now(), "", "", limit))
        .isInstanceOf(Refusal.Invalid.class)
        .hasMessageContaining("" + Integer.toUnsignedLong(limit));
  }

  @Test
  void takesTheGreatestLimit() {
    put("c");
    assertThat(scan(now(), "", "", RawReads.SCAN_LIMIT_MAX)).containsExactly("c");
  }

  private static RawBatchScanRequest.Builder batchScan(int limit, String... bounds) {
    RawBatchScanRequest.Builder request = RawBatchScanRequest.newBuilder().setEachLimit(limit);
    for (int i = 0; i < bounds.length; i += 2) {
      request.addRanges(
          KeyRange.newBuilder().setStartKey(text(bounds[i])).setEndKey(text(bounds[i + 1])));
    }
    return request;
  }

  @Test
  void batchScanLimitsEachRange() {
    put("b", "c", "d", "e", "x");
    assertThat(
            keys(
                RawReads.batchScan(
                        batchScan(2, "d", "y", "b", "d").build(),
                        new SnapshotPairs(now(), BYTES_MAX),
                        BYTES_MAX)
                    .getKvsList()))
        .containsExactly("d", "e", "b", "c");
    assertThat(
            keys(
                RawReads.batchScan(
                        batchScan(1, "d", "b", "x", "").setReverse(true).build(),
                        new SnapshotPairs(now(), BYTES_MAX),
                        BYTES_MAX)
                    .getKvsList()))
        .containsExactly("c", "e");
  }

  @Test
  void batchScanLimitsAllRangesTogether() {
    RawBatchScanRequest.Builder request = batchScan(5120, "b", "c", "c", "d");
    assertThat(
            RawReads.batchScan(request.build(), new SnapshotPairs(now(), BYTES_MAX), BYTES_MAX)
                .getKvsCount())
        .isZero();
    assertThatThrownBy(
            () ->
                RawReads.batchScan(
                    request.setEachLimit(5121).build(),
                    new SnapshotPairs(now(), BYTES_MAX),
                    BYTES_MAX))
        .isInstanceOf(Refusal.Invalid.class);
  }

  /** One key a thousand times, or large values, make a large answer of a small request. */
  @Test
  void refusesWhatIsTooMuchToAnswerAtOnce() {
    put("c", "v".repeat(500_000), ValueCodec.NEVER);
    put("d", "v".repeat(500_000), ValueCodec.NEVER);
    RawBatchGetRequest.Builder twice =
        RawBatchGetRequest.newBuilder().addKeys(text("c")).addKeys(text("c"));
    assertThat(
            RawReads.batchGet(twice.build(), new SnapshotPairs(now(), BYTES_MAX)).getPairsCount())
        .isEqualTo(2);
    RawBatchGetRequest thrice = twice.addKeys(text("c")).build();
    assertThatThrownBy(() -> RawReads.batchGet(thrice, new SnapshotPairs(now(), BYTES_MAX)))
        .isInstanceOf(Refusal.Invalid.class)
        .hasMessageContaining("would be larger than 1048576 bytes");
    put("e", "v".repeat(500_000), ValueCodec.NEVER);
    RawScanRequest page = RawScanRequest.newBuilder().setLimit(3).build();
    assertThatThrownBy(() -> RawReads.scan(page, new SnapshotPairs(now(), BYTES_MAX)))
        .as("and not cut short")
        .isInstanceOf(Refusal.Invalid.class);
    assertThat(
            RawReads.scan(
                    page.toBuilder().setKeyOnly(true).build(), new SnapshotPairs(now(), BYTES_MAX))
                .getKvsCount())
        .isEqualTo(3);
    assertThatThrownBy(
            () ->
                RawReads.batchScan(
                    batchScan(1, "c", "d", "d", "e", "e", "f").build(),
                    new SnapshotPairs(now(), BYTES_MAX),
                    BYTES_MAX))
        .as("all ranges together")
        .isInstanceOf(Refusal.Invalid.class);
  }

  @Test
  void checksumSeesLogicalValuesThatAreAlive() {
    put("c", "1", NOW + 1);
    put("d", "2", ValueCodec.NEVER);
    put("e", "3", NOW);
    put("z", "4", ValueCodec.NEVER);
    RangeChecksum expected = new RangeChecksum();
    expected.add(text("c"), text("1"));
    expected.add(text("d"), text("2"));
    RawChecksumResponse response =
        RawReads.checksum(
            RawChecksumRequest.newBuilder()
                .addRanges(KeyRange.newBuilder().setEndKey(text("d")))
                .addRanges(KeyRange.newBuilder().setStartKey(text("d")))
                .build(),
            now());
    assertThat(response.getChecksum()).isEqualTo(expected.checksum());
    assertThat(response.getTotalKvs()).isEqualTo(2);
    assertThat(response.getTotalBytes()).isEqualTo(4);
  }

  /** A small request could otherwise have a region read a million times. */
  @Test
  void checksumReadsNothingTwice() {
    put("c", "1", ValueCodec.NEVER);
    KeyRange low = KeyRange.newBuilder().setStartKey(text("b")).setEndKey(text("d")).build();
    KeyRange high = KeyRange.newBuilder().setStartKey(text("d")).build();
    KeyRange across = KeyRange.newBuilder().setStartKey(text("c")).setEndKey(text("e")).build();
    assertThat(
            RawReads.checksum(
                    RawChecksumRequest.newBuilder().addRanges(high).addRanges(low).build(), now())
                .getTotalKvs())
        .isEqualTo(1);
    for (KeyRange second : List.of(low, high, across, KeyRange.getDefaultInstance())) {
      RawChecksumRequest twice =
          RawChecksumRequest.newBuilder().addRanges(second).addRanges(across).build();
      assertThatThrownBy(() -> RawReads.checksum(twice, now())).isInstanceOf(Refusal.Invalid.class);
    }
  }
}
