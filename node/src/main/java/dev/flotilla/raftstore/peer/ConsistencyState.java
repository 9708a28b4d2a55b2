package dev.flotilla.raftstore.peer;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Comparison;
import dev.flotilla.raftstore.HashVerdict;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Hashes of the replicas' data as of the newest index that they were taken at: on a leader what all
 * have reported, elsewhere this replica's own. Invariant: hashes are compared only at an equal
 * index.
 */
final class ConsistencyState {
  /** Ticks that are waited for reports, once the first has come. */
  static final int PATIENCE_TICKS = 300;

  /** Ticks after which what could not be said is said again. */
  static final int AGAIN_TICKS = 10;

  private final SortedMap<Long, ByteString> reports = new TreeMap<>();
  private long index;
  private int ticksLeft;
  private int ticksToAgain;
  private @Nullable HashVerdict told;

  /** Takes the hash of a replica's data as of {@code at}. */
  void take(long peerId, long at, ByteString hash) {
    if (at < index) {
      return;
    }
    if (at > index) {
      index = at;
      reports.clear();
      told = null;
      ticksLeft = PATIENCE_TICKS;
      ticksToAgain = 0;
    }
    reports.put(peerId, hash);
  }

  /**
   * Lets a tick pass; returns whether it was the last that reports were waited for, or what could
   * not be said is to be said again.
   */
  boolean tick() {
    boolean last = ticksLeft > 0 && --ticksLeft == 0;
    boolean again = ticksToAgain > 0 && --ticksToAgain == 0;
    return last || again;
  }

  /** Whether no tick will be the last of anything. */
  boolean isIdle() {
    return ticksLeft == 0 && ticksToAgain == 0;
  }

  /** What {@link #takeVerdict} gave could not be said: it will be again after a while. */
  void untell() {
    told = null;
    ticksToAgain = AGAIN_TICKS;
  }

  /** What is to be said now and has not been said yet, or null. */
  @Nullable HashVerdict takeVerdict(Region region) {
    HashVerdict verdict = HashVerdict.of(region, index, reports, ticksLeft == 0);
    if (verdict == null || verdict.equals(told)) {
      return null;
    }
    told = verdict;
    return verdict;
  }

  /** How far the comparison as of the newest index has come; on a leader, who hears of all. */
  Comparison comparison(Region region) {
    HashVerdict verdict = HashVerdict.of(region, index, reports, true);
    int differing = verdict == null ? 0 : verdict.differing().size();
    int silent = 0;
    for (Peer peer : region.getPeersList()) {
      if (!reports.containsKey(peer.getId())) {
        silent++;
      }
    }
    return new Comparison(index, region.getPeersCount() - silent - differing, differing, silent);
  }

  /**
   * This replica's own hash, if {@code verdict} is about the same index and knows nothing of it
   * although it matters: its report was lost or came late. Otherwise null.
   */
  @Nullable ByteString missingFrom(HashVerdict verdict, long peerId) {
    ByteString own = reports.get(peerId);
    return own == null
            || verdict.index() != index
            || own.equals(verdict.hash())
            || verdict.differing().containsKey(peerId)
        ? null
        : own;
  }
}
