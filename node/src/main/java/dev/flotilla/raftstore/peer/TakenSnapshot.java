package dev.flotilla.raftstore.peer;

import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raft.Message;
import dev.flotilla.raft.RawNode;
import dev.flotilla.raft.Ready;
import dev.flotilla.raftstore.storage.PeerStorage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The snapshot that a replica takes: from the moment it is collected until it is installed. */
final class TakenSnapshot {
  private final RawNode raft;
  private final PeerStorage storage;

  /** The region that a collected snapshot replaces, until that is on disk. */
  private @Nullable Region over;

  /** Answers to it; they leave when its data is there, or it would count as there. */
  private List<Message> answers = List.of();

  TakenSnapshot(RawNode raft, PeerStorage storage) {
    this.raft = raft;
    this.storage = storage;
  }

  /** Notes whether {@code collected}, which is to be persisted, has one. */
  void onCollected(Ready collected) {
    over = collected.snapshot() == null ? null : storage.region();
  }

  /** Whether what was just collected has one, so that the region is another. */
  boolean isCollected() {
    return over != null;
  }

  /** What was collected is on disk, and has one: has it installed, and holds the answers back. */
  void onPersisted(Ready collected) {
    Region before = over;
    if (before != null) {
      over = null;
      answers = List.copyOf(collected.messagesAfterPersist());
      install(before);
    }
  }

  /** Has it installed in the place of {@code before}. */
  void install(Region before) {
    storage
        .snapshots()
        .install(
            before,
            storage.region(),
            raft.id(),
            storage.applyState().getTruncatedState().getTerm(),
            storage.truncatedIndex());
  }

  /** Its installation has ended; returns the answers that may leave now. */
  List<Message> onInstalled() {
    storage.snapshots().onInstalled();
    if (storage.isApplyingSnapshot()) {
      return List.of();
    }
    List<Message> leaving = answers;
    answers = List.of();
    return leaving;
  }

  /**
   * Whether one was taken that is not installed yet: what was committed before may have to be
   * applied first, and others may be installed before.
   */
  boolean isAwaited() {
    return raft.hasPendingSnapshot() || storage.snapshots().isInstalling();
  }
}
