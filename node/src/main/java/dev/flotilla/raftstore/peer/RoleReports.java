package dev.flotilla.raftstore.peer;

import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.Regions;

/**
 * Tells the placement driver and the observers when this peer begins and ceases to lead. Invariant:
 * the driver hears of each leadership once it serves, and of its end if it heard of it.
 */
final class RoleReports {
  private final PeerContext context;

  /** Whether this peer led when its role was last looked at. */
  private boolean leads;

  /** Term of the leadership that the driver was told of; 0 when of none. */
  private long reportedTerm;

  /** Whether the region has changed since, while this peer did not serve. */
  private boolean postponed;

  RoleReports(PeerContext context) {
    this.context = context;
  }

  void onRole(Region region, long term, boolean leadsNow) {
    postponed &= leadsNow;
    if (!leadsNow && reportedTerm != 0) {
      context.placement().schedule(new PlacementTask.Lost(region.getId(), reportedTerm));
      reportedTerm = 0;
    }
    if (leads != leadsNow) {
      leads = leadsNow;
      if (!Regions.isSystem(region)) {
        context.coprocessors().onRoleChange(region, term, leadsNow);
      }
    }
  }

  /** This peer serves: it leads and has applied an entry of its term and all committed splits. */
  void onServing(PlacementTask.Leads report) {
    boolean begins = !isKnown(report.term());
    report(report);
    if (begins && !Regions.isSystem(report.region())) {
      context.coprocessors().onAppliedCurrentTerm(report.region(), report.term());
    }
  }

  /** Whether the driver knows of this leadership. */
  boolean isKnown(long term) {
    return reportedTerm == term;
  }

  /** Whether the driver is to hear of this leadership as soon as it serves. */
  boolean isDue(long term) {
    return postponed || !isKnown(term);
  }

  /** The driver is to hear of the region, which does not serve now. */
  void postpone() {
    postponed = true;
  }

  /** Tells the driver again, which may have changed since. */
  void report(PlacementTask.Leads report) {
    reportedTerm = report.term();
    postponed = false;
    context.placement().schedule(report);
  }
}
