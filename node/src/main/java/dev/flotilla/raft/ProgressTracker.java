package dev.flotilla.raft;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The configuration in effect, with what is known of each peer and how it voted.
 *
 * <p>Peers are kept and visited in ascending id. Groups have a handful of peers: linear search over
 * arrays beats maps and boxes nothing.
 */
final class ProgressTracker {
  private static final byte UNKNOWN = 0;
  private static final byte GRANTED = 1;
  private static final byte REFUSED = 2;

  private final long selfId;
  private final int inflightMessagesMax;
  private final long inflightBytesMax;

  private ConfState config = ConfState.EMPTY;
  private Progress[] peers = new Progress[0];
  private byte[] votes = new byte[0];
  private int[] incoming = new int[0];
  private int[] outgoing = new int[0];
  private long[] scratch = new long[0];
  private @Nullable Progress self;

  ProgressTracker(long selfId, int inflightMessagesMax, long inflightBytesMax) {
    this.selfId = selfId;
    this.inflightMessagesMax = inflightMessagesMax;
    this.inflightBytesMax = inflightBytesMax;
  }

  /**
   * Takes over a configuration. Peers that stay keep their progress, even if demoted; new ones
   * start just behind {@code lastIndex}.
   *
   * @param dropped peers that start over although they were members before
   */
  void install(ConfState newConfig, IdSet dropped, long lastIndex) {
    IdSet ids = newConfig.voters().union(newConfig.votersOutgoing()).union(newConfig.learners());
    Progress[] newPeers = new Progress[ids.size()];
    byte[] newVotes = new byte[ids.size()];
    for (int i = 0; i < newPeers.length; i++) {
      long id = ids.get(i);
      int old = positionOf(id);
      if (old >= 0 && !dropped.contains(id)) {
        newPeers[i] = peers[old];
        newVotes[i] = votes[old];
      } else {
        Inflights window = new Inflights(inflightMessagesMax, inflightBytesMax);
        newPeers[i] = new Progress(id, Math.max(lastIndex, 1), false, window);
        // Else a leader that has just added a voter would find no active quorum and step down.
        newPeers[i].recentActive = true;
      }
      newPeers[i].isLearner = newConfig.learners().contains(id);
    }
    config = newConfig;
    peers = newPeers;
    votes = newVotes;
    incoming = positionsOf(newConfig.voters());
    outgoing = positionsOf(newConfig.votersOutgoing());
    scratch = new long[Math.max(incoming.length, outgoing.length)];
    self = find(selfId);
  }

  private int[] positionsOf(IdSet ids) {
    int[] positions = new int[ids.size()];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = positionOf(ids.get(i));
    }
    return positions;
  }

  private int positionOf(long id) {
    for (int i = 0; i < peers.length; i++) {
      if (peers[i].id == id) {
        return i;
      }
    }
    return -1;
  }

  ConfState config() {
    return config;
  }

  int size() {
    return peers.length;
  }

  /** Returns the peer at {@code position} in ascending id. */
  Progress at(int position) {
    return peers[position];
  }

  @Nullable Progress find(long id) {
    int position = positionOf(id);
    return position < 0 ? null : peers[position];
  }

  /** Returns this replica's own progress; null if it is not a member. */
  @Nullable Progress self() {
    return self;
  }

  /** Returns whether this replica decides alone. */
  boolean isSoleVoter() {
    return incoming.length == 1 && outgoing.length == 0 && peers[incoming[0]].id == selfId;
  }

  /** Returns whether {@code id} is a voter of either half. */
  boolean isVoter(long id) {
    return config.voters().contains(id) || config.votersOutgoing().contains(id);
  }

  /** Starts over for a new term. */
  void reset(long lastIndex) {
    for (Progress peer : peers) {
      peer.reset(lastIndex, peer.id == selfId);
    }
    resetVotes();
  }

  /** Returns the highest index that is on a quorum; beyond any index without voters. */
  long committed() {
    return Math.min(matched(incoming), matched(outgoing));
  }

  private long matched(int[] half) {
    for (int i = 0; i < half.length; i++) {
      scratch[i] = peers[half[i]].match;
    }
    return Quorum.committed(scratch, half.length);
  }

  /** Returns the last read round that a quorum has confirmed; this replica confirms all. */
  long confirmedRound(long lastRound) {
    return Math.min(confirmed(incoming, lastRound), confirmed(outgoing, lastRound));
  }

  private long confirmed(int[] half, long lastRound) {
    for (int i = 0; i < half.length; i++) {
      Progress peer = peers[half[i]];
      scratch[i] = peer.id == selfId ? lastRound : peer.readRound;
    }
    return Quorum.committed(scratch, half.length);
  }

  /** Returns whether a quorum was heard since the last {@link #clearActive}. */
  boolean isQuorumActive() {
    return isActive(incoming) && isActive(outgoing);
  }

  private boolean isActive(int[] half) {
    int active = 0;
    for (int position : half) {
      active += peers[position].recentActive ? 1 : 0;
    }
    return Quorum.vote(half.length, active, 0) == VoteResult.WON;
  }

  /** Forgets who was heard, but for this replica itself. */
  void clearActive() {
    for (Progress peer : peers) {
      if (peer.id != selfId) {
        peer.recentActive = false;
      }
    }
  }

  void resetVotes() {
    Arrays.fill(votes, UNKNOWN);
  }

  /** Records a vote; the first of a peer counts. */
  void recordVote(long id, boolean granted) {
    int position = positionOf(id);
    if (position >= 0 && votes[position] == UNKNOWN) {
      votes[position] = granted ? GRANTED : REFUSED;
    }
  }

  int votesGranted() {
    return count(GRANTED);
  }

  int votesRefused() {
    return count(REFUSED);
  }

  private int count(byte vote) {
    int count = 0;
    for (int i = 0; i < votes.length; i++) {
      // Learners may answer, since they may not know of their promotion, but do not count.
      if (votes[i] == vote && !peers[i].isLearner) {
        count++;
      }
    }
    return count;
  }

  VoteResult voteResult() {
    return Quorum.joint(tally(incoming), tally(outgoing));
  }

  private VoteResult tally(int[] half) {
    int granted = 0;
    int refused = 0;
    for (int position : half) {
      granted += votes[position] == GRANTED ? 1 : 0;
      refused += votes[position] == REFUSED ? 1 : 0;
    }
    return Quorum.vote(half.length, granted, refused);
  }
}
