package dev.flotilla.verticle.cluster;

import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.security.LogPace;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An order of the placement driver, which nobody waits for: when a plugin refuses it, the log says
 * so, and the driver is told for those who ask it. Other refusals are of the moment: the driver is
 * told of those that it will not order again.
 */
final class LoggedOrder implements Callback {
  private static final Logger LOG = LoggerFactory.getLogger(LoggedOrder.class);

  private final String order;
  private final long regionId;
  private final boolean once;
  private final Consumer<PlacementTask.OrderRefused> told;
  private final LogPace pace;

  /**
   * @param order what it is, in words
   * @param once whether it does not come again by itself
   * @param told that it was refused, and why
   * @param pace of lines in the log: orders come again as long as the driver sees nothing of them
   */
  LoggedOrder(
      String order,
      long regionId,
      boolean once,
      Consumer<PlacementTask.OrderRefused> told,
      LogPace pace) {
    this.order = order;
    this.regionId = regionId;
    this.once = once;
    this.told = told;
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
    if (refusal instanceof Refusal.Rejected rejected) {
      String words = "by plugin " + rejected.plugin + ": " + rejected.reason;
      tell(words);
      if (pace.allows()) {
        LOG.warn("the {} of region {} was refused {}", order, regionId, words);
      }
    } else if (once && !(refusal instanceof Refusal.Undetermined)) {
      tell("as " + refusal.text());
    }
  }

  private void tell(String words) {
    told.accept(new PlacementTask.OrderRefused(regionId, once, order + " refused " + words));
  }
}
