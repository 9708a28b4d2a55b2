package dev.flotilla.raftstore;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.PeerHash;
import dev.flotilla.proto.raft_cmdpb.VerifyHashRequest;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What comes of comparing a region's replicas as of one log index.
 *
 * @param index the index
 * @param hash what a majority of the voters has; empty when no hash has one
 * @param differing the replicas that differ from it, with their hashes; without a majority all that
 *     are known
 */
public record HashVerdict(long index, ByteString hash, SortedMap<Long, ByteString> differing) {
  public HashVerdict {
    differing = Collections.unmodifiableSortedMap(new TreeMap<>(differing));
  }

  /**
   * Judges what the replicas have reported. Learners are judged and have no say: their data is
   * copied from others. A replica in quarantine still counts as a voter, so that two that are wrong
   * one after the other cannot be outvoted by the one that is left.
   *
   * @param reports hashes by peer
   * @param last whether no more reports are waited for
   * @return null while nothing can be said
   */
  public static @Nullable HashVerdict of(
      Region region, long index, SortedMap<Long, ByteString> reports, boolean last) {
    int voters = 0;
    int heard = 0;
    ByteString winner = null;
    Map<ByteString, Integer> votes = new HashMap<>();
    for (Peer peer : region.getPeersList()) {
      if (peer.getRole() == PeerRole.Learner) {
        continue;
      }
      voters++;
      ByteString hash = reports.get(peer.getId());
      if (hash != null) {
        heard++;
        votes.merge(hash, 1, Integer::sum);
      }
    }
    for (Map.Entry<ByteString, Integer> vote : votes.entrySet()) {
      if (vote.getValue() > voters / 2) {
        winner = vote.getKey();
      }
    }
    SortedMap<Long, ByteString> differing = new TreeMap<>();
    for (Map.Entry<Long, ByteString> report : reports.entrySet()) {
      if (RegionMembers.find(region, report.getKey()) != null
          && !report.getValue().equals(winner)) {
        differing.put(report.getKey(), report.getValue());
      }
    }
    if (winner != null) {
      return new HashVerdict(index, winner, differing);
    }
    boolean disputed = votes.size() > 1 && (last || heard == voters);
    return disputed ? new HashVerdict(index, ByteString.EMPTY, differing) : null;
  }

  /** The verdict that a log entry carries. */
  public static HashVerdict of(VerifyHashRequest request) {
    SortedMap<Long, ByteString> differing = new TreeMap<>();
    for (PeerHash peer : request.getHashesList()) {
      differing.put(peer.getPeerId(), peer.getHash());
    }
    return new HashVerdict(request.getIndex(), request.getHash(), differing);
  }

  /** The verdict as a log entry carries it. */
  public VerifyHashRequest toRequest() {
    VerifyHashRequest.Builder request =
        VerifyHashRequest.newBuilder().setIndex(index).setHash(hash);
    differing.forEach(
        (peer, itsHash) ->
            request.addHashes(PeerHash.newBuilder().setPeerId(peer).setHash(itsHash)));
    return request.build();
  }

  /** Whether nobody can tell which data is right. */
  public boolean isDispute() {
    return hash.isEmpty();
  }

  /** Whether some replica is wrong, known or not. */
  public boolean isDivergence() {
    return !differing.isEmpty();
  }

  /**
   * The region once the verdict is in effect: the minority is in quarantine, or the region is
   * disputed. The system region is never disputed, as without placement nobody could decide.
   *
   * @return null when nothing changes
   */
  public @Nullable Region applyTo(Region region) {
    Region.Builder changed = region.toBuilder();
    if (isDispute()) {
      changed.setDisputed(isDivergence() && !Regions.isSystem(region));
    } else {
      changed.setDisputed(false);
      for (int i = 0; i < changed.getPeersCount(); i++) {
        if (differing.containsKey(changed.getPeers(i).getId())) {
          changed.getPeersBuilder(i).setQuarantined(true);
        }
      }
    }
    if (changed.build().equals(region)) {
      return null;
    }
    // As if the members had changed: whoever knows the region otherwise knows an older one.
    changed.getRegionEpochBuilder().setConfVer(region.getRegionEpoch().getConfVer() + 1);
    return changed.build();
  }

  /** For people: region, index, stores and hashes. */
  public String text(Region region) {
    StringJoiner wrong = new StringJoiner(", ");
    differing.forEach(
        (peerId, itsHash) -> {
          Peer peer = RegionMembers.find(region, peerId);
          wrong.add(
              "peer %d on store %s has %s"
                  .formatted(peerId, peer == null ? "?" : peer.getStoreId(), hex(itsHash)));
        });
    return isDispute()
        ? "replicas of region %d differ as of index %d and no majority agrees: %s"
            .formatted(region.getId(), index, wrong)
        : "replicas of region %d differ as of index %d: the majority has %s, %s"
            .formatted(region.getId(), index, hex(hash), wrong);
  }

  private static String hex(ByteString hash) {
    return HexFormat.of().formatHex(hash.toByteArray());
  }
}
