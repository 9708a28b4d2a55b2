package dev.flotilla.raftstore.peer;

import dev.flotilla.raft.RaftLogger;

/**
 * Says which region raft speaks of, as it knows peers only.
 *
 * @param regionId the region
 * @param lines takes what is said
 */
record RegionLogger(long regionId, RaftLogger lines) implements RaftLogger {
  @Override
  public boolean isEnabled(Level level) {
    return lines.isEnabled(level);
  }

  @Override
  public void log(Level level, String text) {
    lines.log(level, "region " + regionId + ": " + text);
  }
}
