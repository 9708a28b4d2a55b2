package dev.flotilla.node;

import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.DivergenceListener;
import dev.flotilla.raftstore.HashVerdict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes down what the consistency check finds; what has to be done about it is done elsewhere. */
final class DivergenceLog implements DivergenceListener {
  private static final Logger LOG = LoggerFactory.getLogger(DivergenceLog.class);

  @Override
  public void onDivergence(Region region, HashVerdict verdict) {
    if (!verdict.isDispute()) {
      LOG.error("{}; those are out of service until they are replaced", verdict.text(region));
    } else if (region.getDisputed()) {
      LOG.error(
          "{}; the region is out of service until somebody removes replicas, so that the others"
              + " agree",
          verdict.text(region));
    } else {
      LOG.error("{}; it goes on serving, as nothing works without it", verdict.text(region));
    }
  }
}
