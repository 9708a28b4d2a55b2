package dev.flotilla.raftstore.apply;

import com.google.protobuf.ByteString;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Engine;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.ValueCodec;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.CompareAndSwapRequest;
import dev.flotilla.proto.raft_cmdpb.CompareAndSwapResponse;
import dev.flotilla.proto.raft_cmdpb.DeleteRangeRequest;
import dev.flotilla.proto.raft_cmdpb.DeleteRequest;
import dev.flotilla.proto.raft_cmdpb.GuardRequest;
import dev.flotilla.proto.raft_cmdpb.PutRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.proto.raft_cmdpb.Response;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Regions;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Executes the write requests of one command into a batch.
 *
 * <p>Reads neither clock nor chance: given the same command, region and engine content, every
 * replica writes the same bytes and reaches the same refusal. Time is the entry's own stamp.
 */
final class WriteExecutor {
  private static final Response PUT = Response.newBuilder().setCmdType(CmdType.Put).build();
  private static final Response DELETE = Response.newBuilder().setCmdType(CmdType.Delete).build();
  private static final Response DELETE_RANGE =
      Response.newBuilder().setCmdType(CmdType.DeleteRange).build();
  private static final Response GUARD = Response.newBuilder().setCmdType(CmdType.Guard).build();

  private final Engine engine;

  WriteExecutor(Engine engine) {
    this.engine = engine;
  }

  /**
   * Whether the command reads what earlier commands wrote, so that the batch must be in the engine
   * before it.
   */
  static boolean reads(RaftCmdRequest command) {
    // Validation at the proposal keeps reading requests in front; see CommandRules.
    if (command.getRequestsCount() == 0) {
      return false;
    }
    Request first = command.getRequests(0);
    return first.getCmdType() == CmdType.CompareAndSwap
        || first.getCmdType() == CmdType.Guard
        || first.getDelete().getOnlyIfExpired();
  }

  /**
   * Executes all requests of {@code command} in order.
   *
   * @param stampMillis the entry's time, unix milliseconds
   * @param effective takes the requests that write something; null when nobody asks
   * @throws Refusal the same one on every replica; the batch may then hold a part of the command
   */
  RaftCmdResponse.Builder execute(
      RaftCmdRequest command,
      Region region,
      long stampMillis,
      WriteBatch batch,
      ApplyMetrics metrics,
      @Nullable List<Request> effective) {
    RaftCmdResponse.Builder response = RaftCmdResponse.newBuilder();
    for (int i = 0; i < command.getRequestsCount(); i++) {
      Request request = command.getRequests(i);
      int written = effective == null ? 0 : batch.count();
      response.addResponses(
          switch (request.getCmdType()) {
            case Put -> put(request.getPut(), region, stampMillis, batch, metrics);
            case Delete -> delete(request.getDelete(), region, stampMillis, batch, metrics);
            case DeleteRange -> deleteRange(request.getDeleteRange(), region, batch);
            case CompareAndSwap ->
                swap(request.getCompareAndSwap(), region, stampMillis, batch, metrics);
            case Guard -> guard(request.getGuard(), region, stampMillis);
            default ->
                throw new Refusal.Invalid("cannot be applied: " + request.getCmdType().name());
          });
      if (effective != null && batch.count() > written) {
        effective.add(request);
      }
    }
    return response;
  }

  private static Response put(
      PutRequest put, Region region, long stampMillis, WriteBatch batch, ApplyMetrics metrics) {
    write(
        family(put.getCf()),
        put.getKey(),
        put.getValue(),
        ValueCodec.expiryAfter(stampMillis, put.getTtlSeconds()),
        region,
        batch,
        metrics);
    return PUT;
  }

  private static void write(
      Cf cf,
      ByteString key,
      ByteString value,
      long expiryMillis,
      Region region,
      WriteBatch batch,
      ApplyMetrics metrics) {
    Regions.checkKey(key, region);
    byte[] dataKey = Keys.dataKey(key.toByteArray());
    byte[] stored = ValueCodec.encode(value.toByteArray(), expiryMillis);
    batch.put(cf, dataKey, stored);
    metrics.wrote(dataKey.length + (long) stored.length);
  }

  private Response delete(
      DeleteRequest delete,
      Region region,
      long stampMillis,
      WriteBatch batch,
      ApplyMetrics metrics) {
    Regions.checkKey(delete.getKey(), region);
    Cf cf = family(delete.getCf());
    if (delete.getOnlyIfExpired() && live(cf, delete.getKey(), stampMillis) != null) {
      return DELETE;
    }
    byte[] dataKey = Keys.dataKey(delete.getKey().toByteArray());
    batch.delete(cf, dataKey);
    metrics.deleted(dataKey.length);
    return DELETE;
  }

  /** Part of the command's own batch, so that it is undone with it and replays alike. */
  private static Response deleteRange(DeleteRangeRequest range, Region region, WriteBatch batch) {
    ByteString start = range.getStartKey();
    ByteString end = range.getEndKey().isEmpty() ? region.getEndKey() : range.getEndKey();
    if (!end.isEmpty() && Regions.compare(start, end) >= 0) {
      throw new Refusal.Invalid("range to delete ends before it starts");
    }
    Regions.checkKey(start, region);
    if (!Regions.containsEnd(region, end)) {
      throw new Refusal.KeyNotInRegion(end, region);
    }
    batch.deleteRange(
        family(range.getCf()),
        Keys.dataKey(start.toByteArray()),
        Keys.dataEndKey(end.toByteArray()));
    return DELETE_RANGE;
  }

  private Response swap(
      CompareAndSwapRequest swap,
      Region region,
      long stampMillis,
      WriteBatch batch,
      ApplyMetrics metrics) {
    Cf cf = family(swap.getCf());
    Regions.checkKey(swap.getKey(), region);
    byte[] stored = live(cf, swap.getKey(), stampMillis);
    CompareAndSwapResponse.Builder outcome = CompareAndSwapResponse.newBuilder();
    boolean matches;
    if (stored != null) {
      ByteString present = ByteString.copyFrom(stored, 0, ValueCodec.valueLength(stored));
      matches = !swap.getPreviousNotExist() && present.equals(swap.getPreviousValue());
      outcome.setPreviousValue(present);
    } else {
      matches = swap.getPreviousNotExist();
      outcome.setPreviousNotExist(true);
    }
    if (matches) {
      long expiry = ValueCodec.expiryAfter(stampMillis, swap.getTtlSeconds());
      write(cf, swap.getKey(), swap.getValue(), expiry, region, batch, metrics);
    }
    return Response.newBuilder()
        .setCmdType(CmdType.CompareAndSwap)
        .setCompareAndSwap(outcome.setSucceed(matches))
        .build();
  }

  private Response guard(GuardRequest guard, Region region, long stampMillis) {
    Regions.checkKey(guard.getKey(), region);
    byte[] stored = live(family(guard.getCf()), guard.getKey(), stampMillis);
    boolean holds =
        stored == null
            ? guard.getExpectedNotExist()
            : !guard.getExpectedNotExist()
                && Arrays.equals(ValueCodec.value(stored), guard.getExpectedValue().toByteArray());
    if (!holds) {
      throw new Refusal.GuardFailed();
    }
    return GUARD;
  }

  /** The stored value, or null when there is none that has not expired by then. */
  private byte @Nullable [] live(Cf cf, ByteString key, long stampMillis) {
    byte[] stored = engine.get(cf, Keys.dataKey(key.toByteArray()));
    return stored == null || ValueCodec.isExpired(stored, stampMillis) ? null : stored;
  }

  private static Cf family(String name) {
    return Cf.of(name)
        .filter(Cf::isUserData)
        .orElseThrow(() -> new Refusal.Invalid("unknown column family " + name));
  }
}
