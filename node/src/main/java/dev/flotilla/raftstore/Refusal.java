package dev.flotilla.raftstore;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.api.RejectedException;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A request this store will not serve. The client learns why and what to do next.
 *
 * <p>These are expected answers, not faults: no stack trace is recorded. Faults (failed writes,
 * broken invariants) are never of this type; they stop the store. Unless a kind says otherwise, a
 * refused command was certainly not applied.
 */
public abstract sealed class Refusal extends RuntimeException {

  private Refusal(String message) {
    super(message, null, false, false);
  }

  /** The text that a client is shown. */
  public String text() {
    return String.valueOf(getMessage());
  }

  /** Retry with {@code leader} when it is known; otherwise back off and ask again. */
  public static final class NotLeader extends Refusal {
    public final long regionId;
    public final transient @Nullable Peer leader;

    public NotLeader(long regionId, @Nullable Peer leader) {
      super("peer is not leader of region " + regionId);
      this.regionId = regionId;
      this.leader = leader;
    }
  }

  /** No replica of the region is here (any more); look its place up anew. */
  public static final class RegionNotFound extends Refusal {
    public final long regionId;

    public RegionNotFound(long regionId) {
      super("region " + regionId + " is not found");
      this.regionId = regionId;
    }
  }

  /** The key belongs to another region; look its place up anew. */
  public static final class KeyNotInRegion extends Refusal {
    public final transient ByteString key;
    public final transient Region region;

    public KeyNotInRegion(ByteString key, Region region) {
      super("key is not in region " + region.getId());
      this.key = key;
      this.region = region;
    }
  }

  /** The region changed; go on with {@code regions}, which now cover the range. */
  public static final class EpochNotMatch extends Refusal {
    public final transient List<Region> regions;

    public EpochNotMatch(List<Region> regions) {
      super("region epoch does not match");
      this.regions = regions;
    }
  }

  /** The request was meant for another store. */
  public static final class StoreNotMatch extends Refusal {
    public final long requestStoreId;
    public final long actualStoreId;

    public StoreNotMatch(long requestStoreId, long actualStoreId) {
      super("store is not match: asked for " + requestStoreId + ", this is " + actualStoreId);
      this.requestStoreId = requestStoreId;
      this.actualStoreId = actualStoreId;
    }
  }

  /** A queue is full; back off. */
  public static final class ServerIsBusy extends Refusal {
    public ServerIsBusy(String reason) {
      super(reason);
    }
  }

  /** Too little space is left on disks; back off, and make some. */
  public static final class DiskFull extends Refusal {
    public final transient List<Long> storeIds;

    /**
     * @param storeIds those with too little space, at least one
     * @param noneLeft whether there is not even space for deletes
     */
    public DiskFull(List<Long> storeIds, boolean noneLeft) {
      super(
          "no %s taken: the %s %s %s"
              .formatted(
                  noneLeft ? "writes are" : "new data is",
                  storeIds.size() == 1 ? "disk of store" : "disks of stores",
                  storeIds.stream().map(String::valueOf).collect(Collectors.joining(", ")),
                  (storeIds.size() == 1 ? "is " : "are ") + (noneLeft ? "full" : "almost full")));
      this.storeIds = storeIds;
    }
  }

  /**
   * The data here is wrong, or nobody can tell whether it is. Back off; another replica will serve
   * soon, unless somebody has to decide first.
   */
  public static final class OutOfService extends Refusal {
    public OutOfService(long regionId) {
      super(
          "the replica of region "
              + regionId
              + " is out of service: its data differs from that of others");
    }
  }

  /** Leadership changed before the command could be logged for good; retry. */
  public static final class StaleCommand extends Refusal {
    public StaleCommand() {
      super("stale command");
    }
  }

  /** Split the value; a retry cannot succeed. */
  public static final class RaftEntryTooLarge extends Refusal {
    public final long regionId;
    public final long entryBytes;

    public RaftEntryTooLarge(long regionId, long entryBytes, long entryBytesMax) {
      super(
          "raft entry of region %d is too large: %d bytes, at most %d (raftstore.entry-bytes-max)"
              .formatted(regionId, entryBytes, entryBytesMax));
      this.regionId = regionId;
      this.entryBytes = entryBytes;
    }
  }

  /**
   * The command may or may not take effect: whoever retries it blindly may apply it twice. The only
   * refusal of this kind.
   */
  public static final class Undetermined extends Refusal {
    public Undetermined(String reason) {
      super(reason);
    }
  }

  /** A guard of the command did not hold: its writer has been deposed. */
  public static final class GuardFailed extends Refusal {
    public GuardFailed() {
      super("guard does not hold");
    }
  }

  /** A plugin refused the command, or failed while it was asked. */
  public static final class Rejected extends Refusal {
    public final String plugin;
    public final RejectedException.Code code;
    public final String reason;

    /** When to ask again, counted from the answer; 0 for "no advice". */
    public final long retryAfterMillis;

    public Rejected(String plugin, String reason) {
      this(plugin, RejectedException.Code.DENIED, reason, 0);
    }

    public Rejected(
        String plugin, RejectedException.Code code, String reason, long retryAfterMillis) {
      super(
          "rejected by "
              + plugin
              + " ("
              + code
              + (retryAfterMillis == 0 ? "" : ", retry after " + retryAfterMillis + " ms")
              + "): "
              + reason);
      this.plugin = plugin;
      this.code = code;
      this.reason = reason;
      this.retryAfterMillis = retryAfterMillis;
    }
  }

  /** The request makes no sense; a retry cannot succeed. */
  public static final class Invalid extends Refusal {
    public Invalid(String reason) {
      super(reason);
    }
  }
}
