package dev.flotilla.kv;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.ReadCall;
import dev.flotilla.coprocessor.ReadPair;
import dev.flotilla.engine.Cf;
import dev.flotilla.proto.kvrpcpb.KeyRange;
import dev.flotilla.proto.kvrpcpb.KvPair;
import dev.flotilla.proto.kvrpcpb.RawBatchGetRequest;
import dev.flotilla.proto.kvrpcpb.RawBatchGetResponse;
import dev.flotilla.proto.kvrpcpb.RawBatchScanRequest;
import dev.flotilla.proto.kvrpcpb.RawBatchScanResponse;
import dev.flotilla.proto.kvrpcpb.RawChecksumRequest;
import dev.flotilla.proto.kvrpcpb.RawChecksumResponse;
import dev.flotilla.proto.kvrpcpb.RawGetKeyTTLRequest;
import dev.flotilla.proto.kvrpcpb.RawGetKeyTTLResponse;
import dev.flotilla.proto.kvrpcpb.RawGetRequest;
import dev.flotilla.proto.kvrpcpb.RawGetResponse;
import dev.flotilla.proto.kvrpcpb.RawScanRequest;
import dev.flotilla.proto.kvrpcpb.RawScanResponse;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Regions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers read requests from what {@link Pairs} finds. Pure; runs on the read pool. */
final class RawReads {
  /** As in TiKV: a larger limit is an error, not a wish. */
  static final int SCAN_LIMIT_MAX = 10_240;

  private RawReads() {}

  static RawGetResponse get(RawGetRequest request, Pairs pairs) {
    ByteString value = pairs.get(request.getCf(), request.getKey());
    return value == null
        ? RawGetResponse.newBuilder().setNotFound(true).build()
        : RawGetResponse.newBuilder().setValue(value).build();
  }

  static RawBatchGetResponse batchGet(RawBatchGetRequest request, Pairs pairs) {
    RawBatchGetResponse.Builder response = RawBatchGetResponse.newBuilder();
    if (request.getKeysCount() == 0) {
      return response.build();
    }
    for (ReadPair pair : pairs.get(new ReadCall.Get(request.getCf(), request.getKeysList()))) {
      ByteString value = pair.value();
      if (value != null) {
        response.addPairs(pair(pair.key(), value));
      }
    }
    return response.build();
  }

  /** A key that observers hide has no time to live either; one that they move has the other's. */
  static RawGetKeyTTLResponse ttl(
      RawGetKeyTTLRequest request, Pairs pairs, RegionSnapshot snapshot) {
    ByteString at = pairs.locate(request.getCf(), request.getKey());
    byte[] stored = at == null ? null : snapshot.get(SnapshotPairs.family(request.getCf()), at);
    return stored == null
        ? RawGetKeyTTLResponse.newBuilder().setNotFound(true).build()
        : RawGetKeyTTLResponse.newBuilder().setTtl(snapshot.ttlSeconds(stored)).build();
  }

  static RawScanResponse scan(RawScanRequest request, Pairs pairs) {
    RawScanResponse.Builder response = RawScanResponse.newBuilder();
    List<ReadPair> found =
        pairs.scan(
            scanCall(
                request.getCf(),
                request.getStartKey(),
                request.getEndKey(),
                limit(request.getLimit()),
                request.getKeyOnly(),
                request.getReverse()));
    found.forEach(pair -> response.addKvs(pair(pair.key(), pair.value())));
    return response.build();
  }

  static RawBatchScanResponse batchScan(RawBatchScanRequest request, Pairs pairs, long bytesMax) {
    RawBatchScanResponse.Builder response = RawBatchScanResponse.newBuilder();
    int limit = limit(request.getEachLimit());
    if ((long) limit * request.getRangesCount() > SCAN_LIMIT_MAX) {
      throw new Refusal.Invalid("scan of more than " + SCAN_LIMIT_MAX + " entries in all");
    }
    AnswerSize size = new AnswerSize(bytesMax);
    for (KeyRange range : request.getRangesList()) {
      List<ReadPair> found =
          pairs.scan(
              scanCall(
                  request.getCf(),
                  range.getStartKey(),
                  range.getEndKey(),
                  limit,
                  request.getKeyOnly(),
                  request.getReverse()));
      found.forEach(size::add);
      found.forEach(pair -> response.addKvs(pair(pair.key(), pair.value())));
    }
    return response.build();
  }

  /** A reverse scan names its exclusive upper bound first. */
  private static ReadCall.Scan scanCall(
      String cf, ByteString from, ByteString to, int limit, boolean keyOnly, boolean reverse) {
    return reverse
        ? new ReadCall.Scan(cf, to, from, limit, keyOnly, true)
        : new ReadCall.Scan(cf, from, to, limit, keyOnly, false);
  }

  /** Sums up the logical keys and values, so that expired ones and stamps do not count. */
  static RawChecksumResponse checksum(RawChecksumRequest request, RegionSnapshot snapshot) {
    requireApart(request.getRangesList());
    RangeChecksum sum = new RangeChecksum();
    for (KeyRange range : request.getRangesList()) {
      snapshot.scan(
          Cf.DEFAULT,
          range.getStartKey(),
          range.getEndKey(),
          (key, stored) -> {
            sum.add(key, RegionSnapshot.value(stored));
            return true;
          });
    }
    return RawChecksumResponse.newBuilder()
        .setChecksum(sum.checksum())
        .setTotalKvs(sum.pairs())
        .setTotalBytes(sum.bytes())
        .build();
  }

  /** A small request must not have the same pairs read over and over. */
  private static void requireApart(List<KeyRange> ranges) {
    List<KeyRange> ordered = new ArrayList<>(ranges);
    ordered.sort((one, other) -> Regions.compare(one.getStartKey(), other.getStartKey()));
    for (int i = 1; i < ordered.size(); i++) {
      ByteString end = ordered.get(i - 1).getEndKey();
      if (end.isEmpty() || Regions.compare(end, ordered.get(i).getStartKey()) > 0) {
        throw new Refusal.Invalid("ranges of a checksum that overlap");
      }
    }
  }

  private static KvPair pair(ByteString key, @Nullable ByteString value) {
    KvPair.Builder pair = KvPair.newBuilder().setKey(key);
    return value == null ? pair.build() : pair.setValue(value).build();
  }

  /** Unsigned on the wire; a client's negative number arrives here as one. */
  private static int limit(int limit) {
    if (limit < 0 || limit > SCAN_LIMIT_MAX) {
      throw new Refusal.Invalid(
          "scan limit must be 0 to " + SCAN_LIMIT_MAX + ", not " + Integer.toUnsignedLong(limit));
    }
    return limit;
  }
}
