package dev.flotilla.raftstore.snap;

import dev.flotilla.coprocessor.AppliedCommands;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Engine;
import dev.flotilla.engine.KeyRange;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.snap.SnapManager.Use;
import dev.flotilla.raftstore.wire.RegionStates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Installs snapshots and clears ranges, in the order asked for: what was cleared before a snapshot
 * was accepted cannot take its data away. Used by one thread at a time; blocks on the engine.
 */
public final class RegionRunner {
  private static final Logger LOG = LoggerFactory.getLogger(RegionRunner.class);

  private final Engine kv;
  private final SnapManager manager;
  private final CoprocessorHost coprocessors;
  private final RaftStoreRouter router;

  /**
   * @param coprocessors whose observers are told of each installation of users' data
   * @param router told of each installation that has ended
   */
  public RegionRunner(
      Engine kv, SnapManager manager, CoprocessorHost coprocessors, RaftStoreRouter router) {
    this.kv = kv;
    this.manager = manager;
    this.coprocessors = coprocessors;
    this.router = router;
  }

  /** Runs {@code tasks} in order. */
  public void run(List<RegionTask> tasks) {
    for (RegionTask task : tasks) {
      if (task instanceof RegionTask.Install install) {
        install(install);
      } else if (task instanceof RegionTask.Clear clear) {
        clear(clear.range());
      } else if (task instanceof RegionTask.Keep keep) {
        manager.evidence().keep(keep, kv);
      }
    }
  }

  private void install(RegionTask.Install task) {
    InstallJob job = task.job();
    if (!job.begin()) {
      return;
    }
    SnapKey key = task.key();
    boolean observed = !Regions.isSystem(task.region());
    if (observed) {
      coprocessors.preApplySnapshot(task.region(), key.index(), key.term());
    }
    manager.begin(key, Use.INSTALLING);
    try {
      SnapFile snap = manager.file(key, Use.INSTALLING);
      String damage = snap.damage();
      if (damage == null) {
        job.finish(install(task, snap, observed));
      } else {
        giveUp(task, snap, damage);
      }
    } finally {
      manager.end(key, Use.INSTALLING);
    }
    if (observed && job.isFinished()) {
      coprocessors.onApplied(AppliedCommands.at(task.region(), key.index()));
    } else if (observed) {
      coprocessors.cancelApplySnapshot(task.region(), key.index(), key.term());
    }
    router.send(new Msg.SnapshotInstalled(task.region().getId(), task.peerId()));
  }

  /** Another one is to come, and would not be taken beside this of the same position. */
  private static void giveUp(RegionTask.Install task, SnapFile snap, String damage) {
    LOG.error(
        "snapshot {} of region {} is damaged: {}; peer {} has it deleted and asks for another",
        task.key(),
        task.region().getId(),
        damage,
        task.peerId());
    snap.delete();
    task.job().finishDamaged();
  }

  /** Can be done over from any point where it was left. Returns false when it was called off. */
  private boolean install(RegionTask.Install task, SnapFile snap, boolean observed) {
    Region region = task.region();
    clear(Keys.dataRange(region.getStartKey().toByteArray(), region.getEndKey().toByteArray()));
    if (task.job().isCancelling()) {
      return false;
    }
    Map<Cf, Path> files = new EnumMap<>(Cf.class);
    for (Cf cf : SnapFile.FAMILIES) {
      if (Files.exists(snap.family(cf))) {
        files.put(cf, snap.linkToInstall(cf));
      }
    }
    kv.ingest(files);
    if (observed) {
      // Before the end is noted: after a crash it would not be done over, and nobody be told.
      coprocessors.postApplySnapshot(region, task.key().index(), task.key().term());
    }
    try (WriteBatch batch = kv.newBatch()) {
      RegionStates.putInstalled(batch, region);
      kv.write(batch, true);
    }
    return true;
  }

  private void clear(KeyRange range) {
    if (range.isEmpty()) {
      return;
    }
    kv.syncWal();
    kv.deleteFilesInRange(range);
    try (WriteBatch batch = kv.newBatch()) {
      for (Cf cf : SnapFile.FAMILIES) {
        batch.deleteRange(cf, range.start(), range.end());
      }
      kv.write(batch, false);
    }
  }
}
