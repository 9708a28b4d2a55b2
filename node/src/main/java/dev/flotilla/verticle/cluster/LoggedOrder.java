package dev.flotilla.verticle.cluster;

import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.security.LogPace;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An order of the placement driver, which nobody waits for: when a plugin refuses it, the log is
 * the only one to tell. Other refusals are of the moment, and the driver orders again.
 */
final class LoggedOrder implements Callback {
  private static final Logger LOG = LoggerFactory.getLogger(LoggedOrder.class);

  private final String order;
  private final long regionId;
  private final LogPace pace;

  /**
   * @param order what it is, in words
   * @param pace of refusals: orders come again as long as the driver sees nothing of them
   */
  LoggedOrder(String order, long regionId, LogPace pace) {
    this.order = order;
    this.regionId = regionId;
    this.pace = pace;
  }

  @Override
  public void done(RaftCmdResponse response) {}

  @Override
  public void readable(ReadGrant grant) {
    grant.close();
  }

  @Override
  public void refused(Refusal refusal) {
    if (refusal instanceof Refusal.Rejected rejected && pace.allows()) {
      LOG.warn(
          "the {} of region {} was refused by plugin {}: {}",
          order,
          regionId,
          rejected.plugin,
          rejected.reason);
    }
  }
}
