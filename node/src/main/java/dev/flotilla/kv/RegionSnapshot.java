package dev.flotilla.kv;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.KeyRange;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.ValueCodec;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Regions;
import org.jspecify.annotations.Nullable;

/**
 * A region's data as of one moment, as a client sees it: its own keys, no expired values. One
 * thread at a time; valid until the grant is closed.
 */
final class RegionSnapshot {
  private final ReadGrant grant;
  private final long nowMillis;
  private Runnable atEachPair = () -> {};

  /**
   * @param wallMillis wall clock; the region's newest stamp counts when it is ahead
   */
  RegionSnapshot(ReadGrant grant, long wallMillis) {
    this.grant = grant;
    this.nowMillis = Math.max(wallMillis, grant.lastStampMillis());
  }

  Region region() {
    return grant.region();
  }

  /** Raft term under which the read was granted. */
  long term() {
    return grant.term();
  }

  /**
   * From now on runs {@code look} at each pair that a scan comes to, also one that has expired or
   * that an observer will hide. What it throws ends the scan.
   */
  void atEachPair(Runnable look) {
    atEachPair = look;
  }

  /** Gives each entry of a scan to the caller. */
  interface Visitor {
    /** Returns whether to go on. */
    boolean visit(ByteString key, byte[] stored);
  }

  /**
   * Returns the value with its expiry, or null when the key is absent or expired.
   *
   * @throws Refusal.KeyNotInRegion when the key is not of this region
   */
  byte @Nullable [] get(Cf cf, ByteString key) {
    Regions.checkKey(key, region());
    byte[] stored = grant.engine().get(cf, Keys.dataKey(key.toByteArray()));
    return stored == null || ValueCodec.isExpired(stored, nowMillis) ? null : stored;
  }

  /** Seconds until the value expires, 0 when it never does. */
  long ttlSeconds(byte[] stored) {
    return ValueCodec.ttlSeconds(stored, nowMillis);
  }

  /** The logical value of what {@link #get} and scans return; shares its bytes. */
  static ByteString value(byte[] stored) {
    return UnsafeByteOperations.unsafeWrap(stored, 0, ValueCodec.valueLength(stored));
  }

  /**
   * Visits {@code [start, end)}, clamped to the region, in ascending order.
   *
   * @param end exclusive; empty means the region's end
   */
  void scan(Cf cf, ByteString start, ByteString end, Visitor visitor) {
    checkStart(start);
    try (EngineIterator iterator = grant.engine().iterator(cf, clamp(start, end))) {
      for (boolean more = iterator.seekToFirst(); more; more = iterator.next()) {
        if (!visit(iterator, visitor)) {
          return;
        }
      }
    }
  }

  /** As {@link #scan}, in descending order. */
  void reverseScan(Cf cf, ByteString start, ByteString end, Visitor visitor) {
    try (EngineIterator iterator = grant.engine().iterator(cf, clamp(start, end))) {
      for (boolean more = iterator.seekToLast(); more; more = iterator.prev()) {
        if (!visit(iterator, visitor)) {
          return;
        }
      }
    }
  }

  private boolean visit(EngineIterator iterator, Visitor visitor) {
    atEachPair.run();
    byte[] stored = iterator.value();
    if (ValueCodec.isExpired(stored, nowMillis)) {
      return true;
    }
    byte[] key = iterator.key();
    return visitor.visit(UnsafeByteOperations.unsafeWrap(key, 1, key.length - 1), stored);
  }

  /** A scan that begins past the region's end was sent to the wrong region. */
  private void checkStart(ByteString start) {
    ByteString end = region().getEndKey();
    if (!end.isEmpty() && Regions.compare(start, end) >= 0) {
      throw new Refusal.KeyNotInRegion(start, region());
    }
  }

  private KeyRange clamp(ByteString start, ByteString end) {
    ByteString low =
        Regions.compare(start, region().getStartKey()) < 0 ? region().getStartKey() : start;
    ByteString regionEnd = region().getEndKey();
    boolean useRegionEnd =
        end.isEmpty() || (!regionEnd.isEmpty() && Regions.compare(end, regionEnd) > 0);
    ByteString high = useRegionEnd ? regionEnd : end;
    return Keys.dataRange(low.toByteArray(), high.toByteArray());
  }
}
