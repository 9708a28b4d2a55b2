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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Deletes expired values of the regions that this store leads, a slice at a time.
 *
 * <p>Never by a compaction filter: replicas would lose them at different moments. A leader proposes
 * the deletes, and each is judged again at apply by its entry's own time, so that a value put since
 * is left alone. A region in which no value has an expiry, as most have none, is looked at seldom,
 * for reading all data over and over takes the processor from those who serve it. One thread at a
 * time; blocks on the engine.
 */
public final class ExpirySweep {
  /** Keys looked at in one step; with the pace of the steps this bounds the cost. */
  public static final int KEYS_PER_STEP = 4096;

  /** Keys deleted by one command, if that is not too large for an entry before. */
  static final int DELETES_MAX = 256;

  /** What a command takes beside its requests, and what a request takes in it, rather too much. */
  private static final int COMMAND_BYTES = 128;

  private static final int REQUEST_BYTES = 8;

  /** How long a region is left alone in which nothing was found that will ever expire. */
  public static final Duration REST = Duration.ofMinutes(1);

  /** Where values may be that expire, in the order in which a pass comes to them. */
  private static final List<Cf> FAMILIES =
      Arrays.stream(Cf.values()).filter(Cf::isUserData).toList();

  private static final Request SNAP = Request.newBuilder().setCmdType(CmdType.Snap).build();

  private final RaftStoreRouter router;
  private final Scheduler<Runnable> self;
  private final Clock clock;
  private final long entryBytesMax;

  /**
   * Led regions, by when they were looked at last: the next to look at is the first that is due.
   */
  private final Map<Long, Cursor> cursors = new LinkedHashMap<>();

  private boolean stepping;

  /**
   * Where the sweep of a region goes on.
   *
   * @param family the family to go on in
   * @param next the key to go on from
   * @param seesExpiry whether this pass over the region has come upon a value that expires
   * @param dueNanos when the sweep may go on, by the monotonic clock
   */
  private record Cursor(
      PlacementTask.Leads leadership,
      int family,
      ByteString next,
      boolean seesExpiry,
      long dueNanos) {
    static Cursor start(PlacementTask.Leads leadership, long nowNanos) {
      return new Cursor(leadership, 0, leadership.region().getStartKey(), false, nowNanos);
    }

    Cursor with(PlacementTask.Leads reported) {
      return new Cursor(reported, family, next, seesExpiry, dueNanos);
    }

    long regionId() {
      return leadership.region().getId();
    }
  }

  /** What one look found: where to go on, and whether it saw a value that expires. */
  private record Slice(int family, ByteString next, boolean seesExpiry, List<Request> deletes) {}

  /**
   * @param self runs tasks on the sweep's own thread
   * @param entryBytesMax larger commands are refused
   */
  public ExpirySweep(
      RaftStoreRouter router, Scheduler<Runnable> self, Clock clock, long entryBytesMax) {
    this.router = router;
    this.self = self;
    this.clock = clock;
    this.entryBytesMax = entryBytesMax;
  }

  /** A report of this store: which regions to sweep. */
  public void onReport(PlacementTask task) {
    if (task instanceof PlacementTask.Leads leads && !Regions.isSystem(leads.region())) {
      // A known region keeps its place in the line, or those at the end would never have their
      // turn.
      cursors.compute(
          leads.region().getId(),
          (id, known) -> known == null ? Cursor.start(leads, clock.nanos()) : known.with(leads));
    } else if (task instanceof PlacementTask.Lost lost) {
      cursors.remove(lost.regionId());
    }
  }

  /** Sweeps one slice of one region that is due, unless the last step is still under way. */
  public void step() {
    Cursor cursor = stepping ? null : takeDue();
    if (cursor != null) {
      stepping = true;
      cursors.put(cursor.regionId(), cursor);
      send(command(cursor.leadership()).addRequests(SNAP).build(), cursor);
    }
  }

  private @Nullable Cursor takeDue() {
    long now = clock.nanos();
    for (Iterator<Cursor> all = cursors.values().iterator(); all.hasNext(); ) {
      Cursor cursor = all.next();
      if (now - cursor.dueNanos() >= 0) {
        all.remove();
        return cursor;
      }
    }
    return null;
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
    Slice slice;
    try (grant) {
      slice = look(grant, cursor);
    }
    cursors.computeIfPresent(cursor.regionId(), (id, known) -> after(known, slice));
    if (slice.deletes().isEmpty()) {
      stepping = false;
    } else {
      send(command(cursor.leadership()).addAllRequests(slice.deletes()).build(), cursor);
    }
  }

  /** Where the sweep of a region stands after another slice. */
  private Cursor after(Cursor known, Slice slice) {
    boolean seesExpiry = known.seesExpiry() || slice.seesExpiry();
    boolean isPassOver = slice.family() == FAMILIES.size();
    long due = clock.nanos();
    if (isPassOver && !seesExpiry) {
      due += REST.toNanos();
    }
    return new Cursor(
        known.leadership(),
        isPassOver ? 0 : slice.family(),
        slice.next(),
        seesExpiry && !isPassOver,
        due);
  }

  /** Looks at a slice; its end is behind what was looked at, or behind the last family. */
  private Slice look(ReadGrant grant, Cursor cursor) {
    List<Request> deletes = new ArrayList<>();
    boolean seesExpiry = false;
    Region region = grant.region();
    long now = Math.max(clock.unixMillis(), grant.lastStampMillis());
    int looked = 0;
    long bytes = COMMAND_BYTES;
    ByteString from = cursor.next();
    for (int family = cursor.family(); family < FAMILIES.size(); family++) {
      Cf cf = FAMILIES.get(family);
      KeyRange range = Keys.dataRange(from.toByteArray(), region.getEndKey().toByteArray());
      try (EngineIterator iterator = grant.engine().iterator(cf, range)) {
        for (boolean more = iterator.seekToFirst(); more; more = iterator.next()) {
          if (looked++ >= KEYS_PER_STEP || deletes.size() >= DELETES_MAX) {
            return new Slice(family, originKey(iterator), seesExpiry, deletes);
          }
          long expiryMillis = ValueCodec.expiryMillis(iterator.value());
          if (expiryMillis != ValueCodec.NEVER) {
            seesExpiry = true;
            if (expiryMillis <= now) {
              Request delete = delete(cf, originKey(iterator));
              bytes += delete.getSerializedSize() + REQUEST_BYTES;
              // Refused as too large, all of them would stay, and again at the next pass.
              if (bytes > entryBytesMax && !deletes.isEmpty()) {
                return new Slice(family, originKey(iterator), seesExpiry, deletes);
              }
              deletes.add(delete);
            }
          }
        }
      }
      from = region.getStartKey();
    }
    return new Slice(FAMILIES.size(), region.getStartKey(), seesExpiry, deletes);
  }

  private static ByteString originKey(EngineIterator iterator) {
    return ByteString.copyFrom(Keys.originKey(iterator.key()));
  }

  private static Request delete(Cf cf, ByteString key) {
    return Request.newBuilder()
        .setCmdType(CmdType.Delete)
        .setDelete(
            DeleteRequest.newBuilder().setCf(cf.diskName()).setKey(key).setOnlyIfExpired(true))
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
