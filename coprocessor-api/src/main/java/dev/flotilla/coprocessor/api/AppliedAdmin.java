package dev.flotilla.coprocessor.api;

import java.util.List;

/** An admin command at its place in the region's log. The same on every replica. */
public interface AppliedAdmin extends AdminView {
  /** Position in the region's log. After a restart a position may come again. */
  long index();

  /** Term of the log entry. */
  long term();

  /** The regions that the command left behind; empty before it is applied or if it changed none. */
  List<RegionView> regionsAfter();
}
