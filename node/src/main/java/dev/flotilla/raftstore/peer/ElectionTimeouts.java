package dev.flotilla.raftstore.peer;

import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raft.TimeoutSource;
import dev.flotilla.raftstore.Chance;
import dev.flotilla.raftstore.Quarantine;
import java.util.function.Supplier;

/**
 * Election timeouts of one replica. The range is divided among the region's replicas, and each
 * draws from its own part: two that lose their leader together do not stand together, split the
 * votes and wait a second time, as they may with independent draws from so few ticks (thesis 3.4).
 * Who comes first changes with the region, so that a lost store's leaders go to all others, and
 * with the term, so that one that cannot win does not stay first.
 */
final class ElectionTimeouts implements TimeoutSource {
  /** Election timeouts that a replica in quarantine lets pass. */
  private static final int LAST_RESORT = 10;

  private final Chance chance;
  private final long peerId;
  private final Supplier<Region> region;

  /**
   * @param region as the replica sees it, when asked
   */
  ElectionTimeouts(Chance chance, long peerId, Supplier<Region> region) {
    this.chance = chance;
    this.peerId = peerId;
    this.region = region;
  }

  @Override
  public int draw(long term, int minTicks, int maxTicks) {
    Region now = region.get();
    int ticks = drawPart(now, term, minTicks, maxTicks);
    // A replica in quarantine stands for election when all others have had time to and did not: it
    // would only hand over. Never to stand could lose what nobody else has logged.
    return Quarantine.includes(now, peerId) ? ticks * LAST_RESORT : ticks;
  }

  private int drawPart(Region now, long term, int minTicks, int maxTicks) {
    int replicas = now.getPeersCount();
    int rank = 0;
    boolean member = false;
    for (int i = 0; i < replicas; i++) {
      long other = now.getPeers(i).getId();
      member |= other == peerId;
      rank += other < peerId ? 1 : 0;
    }
    if (!member) {
      return chance.between(minTicks, maxTicks);
    }
    int part = (int) Math.floorMod(rank + now.getId() + term, (long) replicas);
    int width = maxTicks - minTicks;
    int low = minTicks + part * width / replicas;
    int high = minTicks + (part + 1) * width / replicas;
    return chance.between(low, Math.max(high, low + 1));
  }
}
