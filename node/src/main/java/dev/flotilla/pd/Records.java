package dev.flotilla.pd;

import com.google.protobuf.ByteString;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.ValueCodec;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.wire.RegionStates;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The driver's durable state, as keys behind {@code RESERVED}, read whole.
 *
 * @param generation raft term of the driver that wrote last, or null when none ever did
 * @param idWatermark ids below it are, or may be, given out; 0 when none
 * @param timestampBound milliseconds that timestamps may have reached; 0 when none
 * @param stores by id
 * @param incarnations store ids by what their nodes drew when they joined
 * @param gcSafePoint as set by a client; 0 when never
 * @param serviceSafePoints by service
 */
record Records(
    @Nullable Long generation,
    long idWatermark,
    long timestampBound,
    Map<Long, Store> stores,
    Map<Long, Long> incarnations,
    long gcSafePoint,
    Map<String, ServiceSafePoint> serviceSafePoints) {

  private static final ByteString PREFIX = ByteString.copyFrom(Keys.reserved());
  private static final String STORE = "store/";
  private static final String INCARNATION = "incarnation/";
  private static final String SERVICE = "service-safe-point/";

  /** Each of the driver's commands is conditional on its own generation in here. */
  static final ByteString GENERATION = key("generation");

  static final ByteString ID_WATERMARK = key("id-watermark");
  static final ByteString TIMESTAMP_BOUND = key("timestamp-bound");
  static final ByteString GC_SAFE_POINT = key("gc-safe-point");

  /**
   * A service's claim to keep versions from being collected.
   *
   * @param safePoint versions from it on are kept
   * @param expiryMillis unix milliseconds; {@code Long.MAX_VALUE} for never
   */
  record ServiceSafePoint(long safePoint, long expiryMillis) {
    ByteString encode() {
      return ByteString.copyFrom(
          ByteBuffer.allocate(2 * Long.BYTES).putLong(safePoint).putLong(expiryMillis).flip());
    }

    private static ServiceSafePoint decode(byte[] value) {
      ByteBuffer buffer = ByteBuffer.wrap(value);
      return new ServiceSafePoint(buffer.getLong(), buffer.getLong());
    }
  }

  static ByteString storeKey(long storeId) {
    return key(STORE + storeId);
  }

  static ByteString incarnationKey(long incarnation) {
    return key(INCARNATION + Long.toUnsignedString(incarnation));
  }

  static ByteString serviceKey(String service) {
    return key(SERVICE + service);
  }

  static ByteString number(long number) {
    return ByteString.copyFrom(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
  }

  private static long number(byte[] value) {
    return ByteBuffer.wrap(value).getLong();
  }

  /** A number's put, for {@link SystemRegion#write}. */
  static Request put(ByteString key, long number) {
    return SystemRegion.put(key, number(number));
  }

  private static ByteString key(String name) {
    return PREFIX.concat(ByteString.copyFromUtf8(name));
  }

  /** Reads everything; blocks on the engine. */
  static Records load(ReadGrant grant) {
    Long generation = null;
    long idWatermark = 0;
    long timestampBound = 0;
    long gcSafePoint = 0;
    Map<Long, Store> stores = new TreeMap<>();
    Map<Long, Long> incarnations = new TreeMap<>();
    Map<String, ServiceSafePoint> services = new TreeMap<>();
    byte[] start = PREFIX.toByteArray();
    try (EngineIterator iterator =
        grant.engine().iterator(Cf.DEFAULT, Keys.dataRange(start, new byte[0]))) {
      for (boolean more = iterator.seekToFirst(); more; more = iterator.next()) {
        byte[] key = Keys.originKey(iterator.key());
        byte[] value = ValueCodec.value(iterator.value());
        String name =
            new String(key, start.length, key.length - start.length, StandardCharsets.UTF_8);
        if (name.startsWith(STORE)) {
          Store store = RegionStates.parse(value, Store.parser(), "store record");
          stores.put(store.getId(), store);
        } else if (name.startsWith(INCARNATION)) {
          incarnations.put(
              Long.parseUnsignedLong(name.substring(INCARNATION.length())),
              ByteBuffer.wrap(value).getLong());
        } else if (name.startsWith(SERVICE)) {
          services.put(name.substring(SERVICE.length()), ServiceSafePoint.decode(value));
        } else {
          switch (name) {
            case "generation" -> generation = number(value);
            case "id-watermark" -> idWatermark = number(value);
            case "timestamp-bound" -> timestampBound = number(value);
            case "gc-safe-point" -> gcSafePoint = number(value);
            default -> {
              // Written by a newer version; it is not ours to judge.
            }
          }
        }
      }
    }
    return new Records(
        generation, idWatermark, timestampBound, stores, incarnations, gcSafePoint, services);
  }
}
