package dev.flotilla.kv;

import com.google.protobuf.ByteString;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.KeyRange;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.ValueCodec;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.DeleteRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.proto.raft_cmdpb.RaftRequestHeader;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.Scheduler;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Deletes expired values of the regions that this store leads, a slice at a time.
 *
 * <p>Never by a compaction filter: replicas would lose them at different moments. A leader proposes
 * the deletes, and each is judged again at apply by its entry's own time, so that a value put since
 * is left alone. One thread at a time; blocks on the engine.
 */
public final class ExpirySweep {
  /** Keys looked at in one step; with the pace of the steps this bounds the cost. */
  static final int KEYS_PER_STEP = 4096;

  /** Keys deleted by one command. */
  static final int DELETES_MAX = 256;

  private static final Request SNAP = Request.newBuilder().setCmdType(CmdType.Snap).build();

  private final RaftStoreRouter router;
  private final Scheduler<Runnable> self;
  private final Clock clock;

  /** Led regions with the key that the sweep goes on from. */
  private final Map<Long, Cursor> cursors = new LinkedHashMap<>();

  private boolean stepping;

  private record Cursor(PlacementTask.Leads leadership, ByteString next) {}

  /**
   * @param self runs tasks on the sweep's own thread
   */
  public ExpirySweep(RaftStoreRouter router, Scheduler<Runnable> self, Clock clock) {
    this.router = router;
    this.self = self;
    this.clock = clock;
  }

  /** A report of this store: which regions to sweep. */
  public void onReport(PlacementTask task) {
    if (task instanceof PlacementTask.Leads leads && !Regions.isSystem(leads.region())) {
      long regionId = leads.region().getId();
      Cursor old = cursors.remove(regionId);
      ByteString next = old == null ? leads.region().getStartKey() : old.next();
      cursors.put(regionId, new Cursor(leads, next));
    } else if (task instanceof PlacementTask.Lost lost) {
      cursors.remove(lost.regionId());
    }
  }

  /** Sweeps one slice of one region, unless the last step is still under way. */
  public void step() {
    Iterator<Cursor> first = cursors.values().iterator();
    if (stepping || !first.hasNext()) {
      return;
    }
    stepping = true;
    Cursor cursor = first.next();
    first.remove();
    long regionId = cursor.leadership().region().getId();
    cursors.put(regionId, cursor);
    send(command(cursor.leadership()).addRequests(SNAP).build(), cursor);
  }

  private void send(RaftCmdRequest command, Cursor cursor) {
    router.send(
        new Msg.Command(
            command,
            new Callback() {
              @Override
              public void done(RaftCmdResponse response) {
                self.schedule(() -> stepping = false);
              }

              @Override
              public void readable(ReadGrant grant) {
                if (!self.schedule(() -> sweep(cursor, grant))) {
                  grant.close();
                }
              }

              @Override
              public void refused(Refusal refusal) {
                self.schedule(() -> stepping = false);
              }
            }));
  }

  private void sweep(Cursor cursor, ReadGrant grant) {
    List<Request> deletes = new ArrayList<>();
    ByteString next;
    try (grant) {
      next = collect(grant, cursor.next(), deletes);
    }
    cursors.computeIfPresent(
        cursor.leadership().region().getId(), (id, known) -> new Cursor(known.leadership(), next));
    if (deletes.isEmpty()) {
      stepping = false;
    } else {
      send(command(cursor.leadership()).addAllRequests(deletes).build(), cursor);
    }
  }

  /** Returns where to go on: behind what was looked at, or at the region's start. */
  private ByteString collect(ReadGrant grant, ByteString from, List<Request> deletes) {
    Region region = grant.region();
    long now = Math.max(clock.unixMillis(), grant.lastStampMillis());
    KeyRange range = Keys.dataRange(from.toByteArray(), region.getEndKey().toByteArray());
    int looked = 0;
    try (EngineIterator iterator = grant.engine().iterator(Cf.DEFAULT, range)) {
      for (boolean more = iterator.seekToFirst(); more; more = iterator.next()) {
        ByteString key = ByteString.copyFrom(Keys.originKey(iterator.key()));
        if (looked++ >= KEYS_PER_STEP || deletes.size() >= DELETES_MAX) {
          return key;
        }
        if (ValueCodec.isExpired(iterator.value(), now)) {
          deletes.add(delete(key));
        }
      }
    }
    return region.getStartKey();
  }

  private static Request delete(ByteString key) {
    return Request.newBuilder()
        .setCmdType(CmdType.Delete)
        .setDelete(DeleteRequest.newBuilder().setKey(key).setOnlyIfExpired(true))
        .build();
  }

  private static RaftCmdRequest.Builder command(PlacementTask.Leads leadership) {
    return RaftCmdRequest.newBuilder()
        .setHeader(
            RaftRequestHeader.newBuilder()
                .setRegionId(leadership.region().getId())
                .setRegionEpoch(leadership.region().getRegionEpoch())
                .setPeer(leadership.leader()));
  }
}
