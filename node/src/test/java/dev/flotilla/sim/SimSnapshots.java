package dev.flotilla.sim;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.flotilla.raftstore.snap.SnapManager;

/** Folders of snapshots in memory. */
final class SimSnapshots {
  private SimSnapshots() {}

  static SnapManager create() {
    return new SnapManager(Jimfs.newFileSystem(Configuration.unix()).getPath("/snap"));
  }
}
