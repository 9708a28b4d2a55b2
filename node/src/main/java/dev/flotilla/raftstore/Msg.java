package dev.flotilla.raftstore;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.disk_usage.DiskUsage;
import dev.flotilla.proto.metapb.RegionEpoch;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raft.Snapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Everything the store loop reacts to. Handled one at a time, in arrival order. */
public sealed interface Msg {
  /**
   * A command of a client or of this node.
   *
   * @param callback answered exactly once
   */
  record Command(RaftCmdRequest request, Callback callback) implements Msg {
    @Override
    public void dispatch(Handler handler) {
      handler.onCommand(this);
    }

    @Override
    public Callback callback() {
      return callback;
    }

    /** Those for the system region are the placement driver's, and so are its orders. */
    @Override
    public boolean isOfClient() {
      return !request.hasAdminRequest()
          && request.getHeader().getRegionId() != Regions.SYSTEM_REGION_ID;
    }
  }

  /** Time for a periodic duty. Ticks that pile up are one tick. */
  record Ticked(Tick tick) implements Msg {
    @Override
    public void dispatch(Handler handler) {
      handler.onTick(this);
    }
  }

  /** An apply worker finished a batch. Never lost; may wait when the worker says so. */
  record Applied(ApplyOutcome outcome) implements Msg {
    @Override
    public void dispatch(Handler handler) {
      handler.onApplied(this);
    }

    @Override
    public boolean isSignificant() {
      return true;
    }

    @Override
    public boolean mayWait() {
      return outcome.mayWait();
    }
  }

  /** A message of another store. */
  record Raft(RaftMessage message) implements Msg {
    @Override
    public void dispatch(Handler handler) {
      handler.onRaft(this);
    }
  }

  /** Everything that came before has been handled: {@code action} runs on the store loop. */
  record Reached(Runnable action) implements Msg {
    @Override
    public void dispatch(Handler handler) {
      action.run();
    }
  }

  /** A message to a peer was lost. */
  record Unreachable(long regionId, long peerId) implements Msg {
    @Override
    public void dispatch(Handler handler) {
      handler.onUnreachable(this);
    }

    @Override
    public boolean isSignificant() {
      return true;
    }
  }

  /**
   * What became of a snapshot that was sent. Never lost, or the peer would wait for ever.
   *
   * @param received whether the peer's store has all of it
   */
  record SnapshotStatus(long regionId, long peerId, boolean received) implements Msg {
    @Override
    public void dispatch(Handler handler) {
      handler.onSnapshotStatus(this);
    }

    @Override
    public boolean isSignificant() {
      return true;
    }
  }

  /** A snapshot was built; null when it could not be. */
  record SnapshotBuilt(long regionId, @Nullable Snapshot snapshot) implements Msg {
    @Override
    public void dispatch(Handler handler) {
      handler.onSnapshotBuilt(this);
    }

    @Override
    public boolean isSignificant() {
      return true;
    }
  }

  /** The installation of a snapshot has ended. */
  record SnapshotInstalled(long regionId, long peerId) implements Msg {
    @Override
    public void dispatch(Handler handler) {
      handler.onSnapshotInstalled(this);
    }

    @Override
    public boolean isSignificant() {
      return true;
    }
  }

  /**
   * Someone wants a region cut.
   *
   * @param epoch of the region that the key was chosen for
   * @param splitKeys user keys, ascending
   * @param isOfClient and not the wish of the placement driver or of this node
   */
  record SplitRegion(
      long regionId,
      RegionEpoch epoch,
      List<ByteString> splitKeys,
      boolean isOfClient,
      @Nullable Callback callback)
      implements Msg {
    @Override
    public void dispatch(Handler handler) {
      handler.onSplitRegion(this);
    }
  }

  /** A region was measured, as it was in a version of its range. */
  record RegionSize(long regionId, long version, long bytes) implements Msg {
    @Override
    public void dispatch(Handler handler) {
      handler.onRegionSize(this);
    }
  }

  /** A region's data was hashed as of an index. */
  record HashComputed(long regionId, long index, ByteString hash) implements Msg {
    @Override
    public void dispatch(Handler handler) {
      handler.onHashComputed(this);
    }
  }

  /** How much space is left on the disk of this store is another than before. */
  record SpaceLeft(DiskUsage usage) implements Msg {
    @Override
    public void dispatch(Handler handler) {
      handler.onSpaceLeft(this);
    }

    @Override
    public boolean isSignificant() {
      return true;
    }
  }

  /** What an apply worker reports; a marker, so that the vocabulary need not know its content. */
  interface ApplyOutcome {
    /** As {@link Msg#mayWait}. */
    boolean mayWait();
  }

  /** Calls the handler's method for this kind. */
  void dispatch(Handler handler);

  /** The callback that must be answered when the message cannot be taken, or null. */
  default @Nullable Callback callback() {
    return null;
  }

  /** Whether the message is refused before the queue is full, for clients can ask again. */
  default boolean isOfClient() {
    return callback() != null;
  }

  /** Whether the message must be taken even when the queue is full; such messages are few. */
  default boolean isSignificant() {
    return false;
  }

  /**
   * Whether the store loop need not run for this message alone: nobody waits for what it says, and
   * it is soon enough to handle it together with the next message or tick.
   */
  default boolean mayWait() {
    return false;
  }

  /** One method a kind: a new message does not compile until every handler answers it. */
  interface Handler {
    void onCommand(Command msg);

    void onTick(Ticked msg);

    void onApplied(Applied msg);

    void onRaft(Raft msg);

    void onUnreachable(Unreachable msg);

    void onSnapshotStatus(SnapshotStatus msg);

    void onSnapshotBuilt(SnapshotBuilt msg);

    void onSnapshotInstalled(SnapshotInstalled msg);

    void onSplitRegion(SplitRegion msg);

    void onRegionSize(RegionSize msg);

    void onHashComputed(HashComputed msg);

    void onSpaceLeft(SpaceLeft msg);
  }
}
