package dev.flotilla.server;

import com.google.protobuf.ByteString;
import dev.flotilla.engine.Memcomparable;
import dev.flotilla.kv.RegionSplits;
import dev.flotilla.kv.Reply;
import dev.flotilla.proto.kvrpcpb.SplitRegionRequest;
import dev.flotilla.proto.kvrpcpb.SplitRegionResponse;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.tikvpb.TikvGrpcService;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Regions;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@code tikvpb.Tikv/SplitRegion}. The answer leaves once the new regions serve, and so once their
 * leaders have told the placement driver of them: clients look them up right after.
 */
final class RegionCutter {
  /** Keys of one request; each becomes a region in the same turn of the store. */
  private static final int KEYS_MAX = 1024;

  private static final long PAUSE_MILLIS = 10;

  /** How often the parts are asked again; then the answer leaves all the same. */
  private static final int PAUSES_MAX = 100;

  private final RegionSplits splits;
  private final Vertx vertx;
  private final Context context;

  /**
   * @param context where pauses are counted
   */
  RegionCutter(RegionSplits splits, Vertx vertx, Context context) {
    this.splits = splits;
    this.vertx = vertx;
    this.context = context;
  }

  RawMethod<SplitRegionRequest, SplitRegionResponse> method() {
    return new RawMethod<>(
        TikvGrpcService.SplitRegion,
        SplitRegionRequest::getContext,
        this::split,
        error -> SplitRegionResponse.newBuilder().setRegionError(error).build(),
        null);
  }

  private void split(SplitRegionRequest request, Reply<SplitRegionResponse> reply) {
    List<ByteString> keys = keys(request);
    if (keys.size() > KEYS_MAX) {
      reply.refused(new Refusal.Invalid("split at more than " + KEYS_MAX + " keys"));
      return;
    }
    splits.split(
        request.getContext(),
        keys,
        new Reply<>() {
          @Override
          public void done(List<Region> parts) {
            new Settling(request.getContext().getPeer().getStoreId(), parts, reply).next();
          }

          @Override
          public void refused(Refusal refusal) {
            reply.refused(refusal);
          }
        });
  }

  /** Clients of transactions send keys as their users know them. */
  private static List<ByteString> keys(SplitRegionRequest request) {
    Stream<ByteString> keys =
        request.getSplitKeysCount() > 0
            ? request.getSplitKeysList().stream()
            : Stream.of(request.getSplitKey());
    return request.getIsRawKv()
        ? keys.toList()
        : keys.map(key -> ByteString.copyFrom(Memcomparable.encode(key.toByteArray()))).toList();
  }

  private static SplitRegionResponse response(List<Region> parts) {
    SplitRegionResponse.Builder response = SplitRegionResponse.newBuilder();
    parts.forEach(part -> response.addRegions(Edge.out(part)));
    if (parts.size() == 2) {
      response.setLeft(response.getRegions(0)).setRight(response.getRegions(1));
    }
    return response.build();
  }

  /** The parts of one split, which are asked one after the other whether they serve. */
  private final class Settling implements Reply<Region> {
    private final long storeId;
    private final List<Region> parts;
    private final Reply<SplitRegionResponse> reply;
    private int settled;
    private int pauses;

    Settling(long storeId, List<Region> parts, Reply<SplitRegionResponse> reply) {
      this.storeId = storeId;
      this.parts = parts;
      this.reply = reply;
    }

    private void next() {
      if (settled == parts.size() || pauses == PAUSES_MAX || reply.isAbandoned()) {
        reply.done(response(parts));
        return;
      }
      Region part = parts.get(settled);
      Peer here = Regions.peerOn(part, storeId);
      splits.find(
          dev.flotilla.proto.kvrpcpb.Context.newBuilder()
              .setRegionId(part.getId())
              .setRegionEpoch(part.getRegionEpoch())
              .setPeer(here == null ? Peer.getDefaultInstance() : here)
              .build(),
          this);
    }

    @Override
    public void done(Region region) {
      // Not from within the answer: many parts would be as many calls deep.
      context.runOnContext(
          ignored -> {
            settled++;
            next();
          });
    }

    @Override
    public void refused(Refusal refusal) {
      context.runOnContext(
          ignored -> {
            pauses++;
            vertx.setTimer(PAUSE_MILLIS, id -> next());
          });
    }
  }
}
