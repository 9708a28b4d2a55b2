package dev.flotilla.coprocessor.api;

import java.util.List;
import java.util.OptionalLong;

/**
 * An admin command, to look at. A part that its kind does not have is empty.
 *
 * <p>Valid only during the call that brought it, on its thread.
 */
public interface AdminView {
  AdminKind kind();

  /** Of a SPLIT: the first keys of the new regions, ascending. */
  List<Bytes> splitKeys();

  /** Of a CHANGE_PEER: what changes. */
  List<PeerChange> peerChanges();

  /** Of a TRANSFER_LEADER: the peers that may become leader. */
  List<PeerView> transferTargets();

  /** Of a COMPACT_LOG: entries before this index are dropped. */
  OptionalLong compactIndex();
}
