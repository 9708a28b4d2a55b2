package dev.flotilla.kv;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.kvrpcpb.Context;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Refusal;
import java.util.List;

/** Cuts regions where a client wants them cut. Any thread; never blocks. */
public final class RegionSplits {
  private final RaftStoreRouter router;

  public RegionSplits(RaftStoreRouter router) {
    this.router = router;
  }

  /** Tells the region as it is now, if this store leads it and serves it. */
  public void find(Context context, Reply<Region> reply) {
    router.send(
        new Msg.Command(
            RawKv.readCommand(context),
            new Callback() {
              @Override
              public void done(RaftCmdResponse outcome) {
                throw new AssertionError("a read was answered as a write");
              }

              @Override
              public void readable(ReadGrant grant) {
                Region region = grant.region();
                grant.close();
                reply.done(region);
              }

              @Override
              public void refused(Refusal refusal) {
                reply.refused(refusal);
              }
            }));
  }

  /**
   * Cuts the region. The parts that the answer names need not serve yet.
   *
   * @param keys in any order; the region's own start is passed over, as it is a border already
   */
  public void split(Context context, List<ByteString> keys, Reply<List<Region>> reply) {
    // The read checks all that a command is checked for, which the wish to split is not.
    find(
        context,
        new Reply<>() {
          @Override
          public void done(Region region) {
            wish(context, region, keys, reply);
          }

          @Override
          public void refused(Refusal refusal) {
            reply.refused(refusal);
          }
        });
  }

  private void wish(
      Context context, Region region, List<ByteString> keys, Reply<List<Region>> reply) {
    List<ByteString> borders =
        keys.stream()
            .filter(key -> !key.equals(region.getStartKey()))
            .sorted(ByteString.unsignedLexicographicalComparator())
            .distinct()
            .toList();
    Callback callback =
        new Callback() {
          @Override
          public void done(RaftCmdResponse outcome) {
            reply.done(outcome.getAdminResponse().getSplits().getRegionsList());
          }

          @Override
          public void readable(ReadGrant grant) {
            grant.close();
            throw new AssertionError("a split was answered as a read");
          }

          @Override
          public void refused(Refusal refusal) {
            reply.refused(refusal);
          }
        };
    router.send(
        new Msg.SplitRegion(region.getId(), context.getRegionEpoch(), borders, true, callback));
  }
}
