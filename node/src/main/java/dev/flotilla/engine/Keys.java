package dev.flotilla.engine;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;

/**
 * The key layout of both engines. Integers are big-endian; ids and indexes are unsigned.
 *
 * <pre>
 * 01 01                    kv   default  identity of the store
 * 01 02                    kv   default  mark of an unfinished bootstrap
 * 01 04                    kv   default  version of the disk format
 * 01 03 region 01          kv   raft     state of the region
 * 01 02 region 03          kv   raft     apply state
 * 01 02 region 04          kv   raft     raft state of a snapshot being applied
 * 01 02 region 02          raft default  raft state
 * 01 02 region 01 index    raft default  log entry
 * 'z' key                  kv   default, lock, write   user data
 * </pre>
 *
 * Same as TiKV's but for the format version. The apply state is next to the data so that one batch
 * writes both: an applied index is never ahead of what it stands for.
 */
public final class Keys {
  /** Longest key of a user, in bytes. Limited as in TiKV's clients; a longer one is a mistake. */
  public static final int USER_KEY_BYTES_MAX = 64 * 1024;

  /** Order of keys in an engine. */
  public static final Comparator<byte[]> ORDER = Arrays::compareUnsigned;

  /** First byte of user data in the engine. */
  public static final byte DATA_PREFIX = 'z';

  /**
   * Bytes that all entries of one region's log begin with, and that each of its states is: within
   * one such prefix keys are written in order.
   */
  public static final int REGION_PREFIX_BYTES = 2 + Long.BYTES + 1;

  private static final byte LOCAL_PREFIX = 0x01;
  private static final byte STORE_IDENT = 0x01;
  private static final byte BOOTSTRAP = 0x02;
  private static final byte RAFT = 0x02;
  private static final byte META = 0x03;
  private static final byte FORMAT_VERSION = 0x04;
  private static final byte INCARNATION = 0x05;

  private static final byte RAFT_LOG = 0x01;
  private static final byte RAFT_STATE = 0x02;
  private static final byte APPLY_STATE = 0x03;
  private static final byte SNAPSHOT_RAFT_STATE = 0x04;
  private static final byte REGION_STATE = 0x01;

  private static final int REGION_OFFSET = 2;
  private static final int SUFFIX_OFFSET = REGION_OFFSET + Long.BYTES;
  private static final int REGION_KEY_BYTES = REGION_PREFIX_BYTES;
  private static final int LOG_KEY_BYTES = REGION_KEY_BYTES + Long.BYTES;

  private static final byte[] RESERVED = Memcomparable.encodeMax(8);

  private Keys() {}

  /** Where cluster id and store id are. */
  public static byte[] storeIdentKey() {
    return new byte[] {LOCAL_PREFIX, STORE_IDENT};
  }

  /** Where the first region is while a bootstrap is unfinished. */
  public static byte[] prepareBootstrapKey() {
    return new byte[] {LOCAL_PREFIX, BOOTSTRAP};
  }

  /** Where the version of the disk format is. */
  public static byte[] formatVersionKey() {
    return new byte[] {LOCAL_PREFIX, FORMAT_VERSION};
  }

  /** Where a node keeps what it drew when it began to join a cluster. */
  public static byte[] incarnationKey() {
    return new byte[] {LOCAL_PREFIX, INCARNATION};
  }

  /** All keys that are of this store alone and not user data. */
  public static KeyRange localRange() {
    return KeyRange.ofPrefix(new byte[] {LOCAL_PREFIX});
  }

  public static byte[] regionStateKey(long regionId) {
    return regionKey(META, regionId, REGION_STATE);
  }

  /** The states of all regions, by {@link #regionStateKey}. */
  public static KeyRange regionStateRange() {
    return KeyRange.ofPrefix(new byte[] {LOCAL_PREFIX, META});
  }

  /**
   * Returns the region of a {@link #regionStateKey}.
   *
   * @throws EngineException if it is another key
   */
  public static long regionIdOfStateKey(byte[] key) {
    require(isRegionKey(key, META, REGION_STATE, REGION_KEY_BYTES), key, "region state");
    return ByteBuffer.wrap(key).getLong(REGION_OFFSET);
  }

  public static byte[] applyStateKey(long regionId) {
    return regionKey(RAFT, regionId, APPLY_STATE);
  }

  public static byte[] snapshotRaftStateKey(long regionId) {
    return regionKey(RAFT, regionId, SNAPSHOT_RAFT_STATE);
  }

  public static byte[] raftStateKey(long regionId) {
    return regionKey(RAFT, regionId, RAFT_STATE);
  }

  public static byte[] raftLogKey(long regionId, long index) {
    byte[] key = Arrays.copyOf(regionKey(RAFT, regionId, RAFT_LOG), LOG_KEY_BYTES);
    ByteBuffer.wrap(key).putLong(REGION_KEY_BYTES, index);
    return key;
  }

  /**
   * Returns the index of a {@link #raftLogKey}.
   *
   * @throws EngineException if it is another key
   */
  public static long raftLogIndex(byte[] key) {
    require(isRegionKey(key, RAFT, RAFT_LOG, LOG_KEY_BYTES), key, "raft log");
    return ByteBuffer.wrap(key).getLong(REGION_KEY_BYTES);
  }

  /** Log entries {@code [low, high)} of a region. */
  public static KeyRange raftLogRange(long regionId, long low, long high) {
    return new KeyRange(raftLogKey(regionId, low), raftLogKey(regionId, high));
  }

  /** All log entries of a region. */
  public static KeyRange raftLogRange(long regionId) {
    return KeyRange.ofPrefix(regionKey(RAFT, regionId, RAFT_LOG));
  }

  /** Everything of one region's raft group: log and states, whichever engine it is in. */
  public static KeyRange raftRange(long regionId) {
    byte[] key = regionKey(RAFT, regionId, RAFT_LOG);
    return KeyRange.ofPrefix(Arrays.copyOf(key, SUFFIX_OFFSET));
  }

  /** Where the engine has the data of a user's key. */
  public static byte[] dataKey(byte[] key) {
    byte[] data = new byte[key.length + 1];
    data[0] = DATA_PREFIX;
    System.arraycopy(key, 0, data, 1, key.length);
    return data;
  }

  /** Engine key of the end of a range; the empty end becomes that of all user data. */
  public static byte[] dataEndKey(byte[] endKey) {
    return endKey.length == 0 ? new byte[] {DATA_PREFIX + 1} : dataKey(endKey);
  }

  /**
   * Returns the user's key of a {@link #dataKey}.
   *
   * @throws EngineException if it is another key
   */
  public static byte[] originKey(byte[] dataKey) {
    require(dataKey.length > 0 && dataKey[0] == DATA_PREFIX, dataKey, "data");
    return Arrays.copyOfRange(dataKey, 1, dataKey.length);
  }

  /**
   * Engine keys of a user's range, such as the boundaries of a region. Only for regions that are
   * initialized: the empty boundaries of others would stand for all data.
   */
  public static KeyRange dataRange(byte[] startKey, byte[] endKey) {
    return new KeyRange(dataKey(startKey), dataEndKey(endKey));
  }

  /** Engine keys of all user data. */
  public static KeyRange dataRange() {
    return KeyRange.ofPrefix(new byte[] {DATA_PREFIX});
  }

  /**
   * First user key of the system region, which keeps the state of placement. It is the
   * memcomparable code of eight bytes of 0xFF, so that the code of no key below those is in the
   * region, nor is any raw key below them.
   */
  public static byte[] reserved() {
    return RESERVED.clone();
  }

  /** Whether a user's key is in the system region. */
  public static boolean isReserved(byte[] key) {
    return Arrays.compareUnsigned(key, RESERVED) >= 0;
  }

  /** Smallest key after all those with the prefix; empty, meaning unbounded, if there is none. */
  static byte[] afterPrefix(byte[] prefix) {
    int length = prefix.length;
    while (length > 0 && prefix[length - 1] == (byte) 0xFF) {
      length--;
    }
    byte[] after = Arrays.copyOf(prefix, length);
    if (length > 0) {
      after[length - 1]++;
    }
    return after;
  }

  private static byte[] regionKey(byte kind, long regionId, byte suffix) {
    return ByteBuffer.allocate(REGION_KEY_BYTES)
        .put(LOCAL_PREFIX)
        .put(kind)
        .putLong(regionId)
        .put(suffix)
        .array();
  }

  private static boolean isRegionKey(byte[] key, byte kind, byte suffix, int length) {
    return key.length == length
        && key[0] == LOCAL_PREFIX
        && key[1] == kind
        && key[SUFFIX_OFFSET] == suffix;
  }

  private static void require(boolean holds, byte[] key, String kind) {
    if (!holds) {
      throw new EngineException("not a " + kind + " key: " + HexFormat.of().formatHex(key));
    }
  }
}
