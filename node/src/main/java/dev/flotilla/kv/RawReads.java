package dev.flotilla.kv;

import com.google.protobuf.ByteString;
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
import java.util.function.Consumer;

/** Answers read requests from a region's snapshot. Pure; runs on the read pool. */
final class RawReads {
  /** As in TiKV: a larger limit is an error, not a wish. */
  static final int SCAN_LIMIT_MAX = 10_240;

  private RawReads() {}

  static RawGetResponse get(RawGetRequest request, RegionSnapshot snapshot) {
    byte[] stored = snapshot.get(family(request.getCf()), request.getKey());
    return stored == null
        ? RawGetResponse.newBuilder().setNotFound(true).build()
        : RawGetResponse.newBuilder().setValue(RegionSnapshot.value(stored)).build();
  }

  static RawBatchGetResponse batchGet(RawBatchGetRequest request, RegionSnapshot snapshot) {
    Cf cf = family(request.getCf());
    RawBatchGetResponse.Builder response = RawBatchGetResponse.newBuilder();
    for (ByteString key : request.getKeysList()) {
      byte[] stored = snapshot.get(cf, key);
      if (stored != null) {
        response.addPairs(pair(key, RegionSnapshot.value(stored)));
      }
    }
    return response.build();
  }

  static RawGetKeyTTLResponse ttl(RawGetKeyTTLRequest request, RegionSnapshot snapshot) {
    byte[] stored = snapshot.get(family(request.getCf()), request.getKey());
    return stored == null
        ? RawGetKeyTTLResponse.newBuilder().setNotFound(true).build()
        : RawGetKeyTTLResponse.newBuilder().setTtl(snapshot.ttlSeconds(stored)).build();
  }

  static RawScanResponse scan(RawScanRequest request, RegionSnapshot snapshot) {
    RawScanResponse.Builder response = RawScanResponse.newBuilder();
    scan(
        snapshot,
        request.getCf(),
        request.getStartKey(),
        request.getEndKey(),
        limit(request.getLimit()),
        request.getKeyOnly(),
        request.getReverse(),
        response::addKvs);
    return response.build();
  }

  static RawBatchScanResponse batchScan(RawBatchScanRequest request, RegionSnapshot snapshot) {
    RawBatchScanResponse.Builder response = RawBatchScanResponse.newBuilder();
    int limit = limit(request.getEachLimit());
    if ((long) limit * request.getRangesCount() > SCAN_LIMIT_MAX) {
      throw new Refusal.Invalid("scan of more than " + SCAN_LIMIT_MAX + " entries in all");
    }
    for (KeyRange range : request.getRangesList()) {
      scan(
          snapshot,
          request.getCf(),
          range.getStartKey(),
          range.getEndKey(),
          limit,
          request.getKeyOnly(),
          request.getReverse(),
          response::addKvs);
    }
    return response.build();
  }

  private static void scan(
      RegionSnapshot snapshot,
      String cf,
      ByteString start,
      ByteString end,
      int limit,
      boolean keyOnly,
      boolean reverse,
      Consumer<KvPair> out) {
    if (limit == 0) {
      return;
    }
    int[] left = {limit};
    RegionSnapshot.Visitor visitor =
        (key, stored) -> {
          out.accept(pair(key, keyOnly ? ByteString.EMPTY : RegionSnapshot.value(stored)));
          return --left[0] > 0;
        };
    if (reverse) {
      snapshot.reverseScan(family(cf), start, end, visitor);
    } else {
      snapshot.scan(family(cf), start, end, visitor);
    }
  }

  /** Sums up the logical keys and values, so that expired ones and stamps do not count. */
  static RawChecksumResponse checksum(RawChecksumRequest request, RegionSnapshot snapshot) {
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

  private static KvPair pair(ByteString key, ByteString value) {
    return KvPair.newBuilder().setKey(key).setValue(value).build();
  }

  /** Unsigned on the wire; a client's negative number arrives here as one. */
  private static int limit(int limit) {
    if (limit < 0 || limit > SCAN_LIMIT_MAX) {
      throw new Refusal.Invalid(
          "scan limit must be 0 to " + SCAN_LIMIT_MAX + ", not " + Integer.toUnsignedLong(limit));
    }
    return limit;
  }

  private static Cf family(String name) {
    return Cf.of(name)
        .filter(Cf::isUserData)
        .orElseThrow(() -> new Refusal.Invalid("unknown column family " + name));
  }
}
