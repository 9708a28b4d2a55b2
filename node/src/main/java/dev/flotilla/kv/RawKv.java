package dev.flotilla.kv;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.proto.kvrpcpb.Context;
import dev.flotilla.proto.kvrpcpb.RawBatchDeleteRequest;
import dev.flotilla.proto.kvrpcpb.RawBatchDeleteResponse;
import dev.flotilla.proto.kvrpcpb.RawBatchGetRequest;
import dev.flotilla.proto.kvrpcpb.RawBatchGetResponse;
import dev.flotilla.proto.kvrpcpb.RawBatchPutRequest;
import dev.flotilla.proto.kvrpcpb.RawBatchPutResponse;
import dev.flotilla.proto.kvrpcpb.RawBatchScanRequest;
import dev.flotilla.proto.kvrpcpb.RawBatchScanResponse;
import dev.flotilla.proto.kvrpcpb.RawCASRequest;
import dev.flotilla.proto.kvrpcpb.RawCASResponse;
import dev.flotilla.proto.kvrpcpb.RawChecksumRequest;
import dev.flotilla.proto.kvrpcpb.RawChecksumResponse;
import dev.flotilla.proto.kvrpcpb.RawCoprocessorRequest;
import dev.flotilla.proto.kvrpcpb.RawCoprocessorResponse;
import dev.flotilla.proto.kvrpcpb.RawDeleteRangeRequest;
import dev.flotilla.proto.kvrpcpb.RawDeleteRangeResponse;
import dev.flotilla.proto.kvrpcpb.RawDeleteRequest;
import dev.flotilla.proto.kvrpcpb.RawDeleteResponse;
import dev.flotilla.proto.kvrpcpb.RawGetKeyTTLRequest;
import dev.flotilla.proto.kvrpcpb.RawGetKeyTTLResponse;
import dev.flotilla.proto.kvrpcpb.RawGetRequest;
import dev.flotilla.proto.kvrpcpb.RawGetResponse;
import dev.flotilla.proto.kvrpcpb.RawPutRequest;
import dev.flotilla.proto.kvrpcpb.RawPutResponse;
import dev.flotilla.proto.kvrpcpb.RawScanRequest;
import dev.flotilla.proto.kvrpcpb.RawScanResponse;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.CompareAndSwapResponse;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.proto.raft_cmdpb.RaftRequestHeader;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Scheduler;
import java.util.List;
import java.util.function.Function;

/**
 * The raw key-value operations of one store. Any thread; never blocks: writes go through the log,
 * reads are served on the read pool once the store has granted them.
 */
public final class RawKv {
  private static final Request SNAP = Request.newBuilder().setCmdType(CmdType.Snap).build();

  private final RaftStoreRouter router;
  private final Scheduler<Runnable> readPool;
  private final CoprocessorHost coprocessors;
  private final Clock clock;
  private final long answerBytesMax;

  /**
   * @param answerBytesMax reads whose answers would be larger are refused
   */
  public RawKv(
      RaftStoreRouter router,
      Scheduler<Runnable> readPool,
      CoprocessorHost coprocessors,
      Clock clock,
      long answerBytesMax) {
    this.router = router;
    this.coprocessors = coprocessors;
    this.readPool = readPool;
    this.clock = clock;
    this.answerBytesMax = answerBytesMax;
  }

  public void get(RawGetRequest request, Reply<RawGetResponse> reply) {
    read(request.getContext(), reply, snapshot -> RawReads.get(request, pairs(snapshot)));
  }

  public void batchGet(RawBatchGetRequest request, Reply<RawBatchGetResponse> reply) {
    read(request.getContext(), reply, snapshot -> RawReads.batchGet(request, pairs(snapshot)));
  }

  public void scan(RawScanRequest request, Reply<RawScanResponse> reply) {
    read(request.getContext(), reply, snapshot -> RawReads.scan(request, pairs(snapshot)));
  }

  public void batchScan(RawBatchScanRequest request, Reply<RawBatchScanResponse> reply) {
    read(
        request.getContext(),
        reply,
        snapshot -> RawReads.batchScan(request, pairs(snapshot), answerBytesMax));
  }

  public void ttl(RawGetKeyTTLRequest request, Reply<RawGetKeyTTLResponse> reply) {
    read(request.getContext(), reply, snapshot -> RawReads.ttl(request, pairs(snapshot), snapshot));
  }

  public void checksum(RawChecksumRequest request, Reply<RawChecksumResponse> reply) {
    read(request.getContext(), reply, snapshot -> RawReads.checksum(request, snapshot));
  }

  /** Has a plugin answer. */
  public void coprocessor(RawCoprocessorRequest request, Reply<RawCoprocessorResponse> reply) {
    read(request.getContext(), reply, snapshot -> answer(request, snapshot));
  }

  private RawCoprocessorResponse answer(RawCoprocessorRequest request, RegionSnapshot snapshot) {
    Pairs observed = coprocessors.observesReads() ? pairs(snapshot) : null;
    ByteString answer =
        coprocessors.query(
            snapshot.region(),
            snapshot.term(),
            EndpointReads.query(request, snapshot.region()),
            new EndpointReads(snapshot, observed, clock));
    new AnswerSize(answerBytesMax).add(answer.size());
    return RawCoprocessorResponse.newBuilder().setData(answer).build();
  }

  public void put(RawPutRequest request, Reply<RawPutResponse> reply) {
    write(
        request.getContext(),
        RawWrites.put(request),
        reply,
        response -> RawPutResponse.getDefaultInstance());
  }

  /** All pairs become visible at once. */
  public void batchPut(RawBatchPutRequest request, Reply<RawBatchPutResponse> reply) {
    if (request.getPairsCount() == 0) {
      reply.done(RawBatchPutResponse.getDefaultInstance());
      return;
    }
    List<Request> requests;
    try {
      requests = RawWrites.batchPut(request);
    } catch (Refusal refusal) {
      reply.refused(refusal);
      return;
    }
    write(
        request.getContext(),
        requests,
        reply,
        response -> RawBatchPutResponse.getDefaultInstance());
  }

  public void delete(RawDeleteRequest request, Reply<RawDeleteResponse> reply) {
    write(
        request.getContext(),
        RawWrites.delete(request),
        reply,
        response -> RawDeleteResponse.getDefaultInstance());
  }

  /** All keys go at once. */
  public void batchDelete(RawBatchDeleteRequest request, Reply<RawBatchDeleteResponse> reply) {
    if (request.getKeysCount() == 0) {
      reply.done(RawBatchDeleteResponse.getDefaultInstance());
      return;
    }
    write(
        request.getContext(),
        RawWrites.batchDelete(request),
        reply,
        response -> RawBatchDeleteResponse.getDefaultInstance());
  }

  /** An empty end means the region's end. */
  public void deleteRange(RawDeleteRangeRequest request, Reply<RawDeleteRangeResponse> reply) {
    write(
        request.getContext(),
        RawWrites.deleteRange(request),
        reply,
        response -> RawDeleteRangeResponse.getDefaultInstance());
  }

  public void compareAndSwap(RawCASRequest request, Reply<RawCASResponse> reply) {
    write(request.getContext(), RawWrites.compareAndSwap(request), reply, RawKv::swapped);
  }

  private static RawCASResponse swapped(RaftCmdResponse response) {
    CompareAndSwapResponse outcome = response.getResponses(0).getCompareAndSwap();
    return RawCASResponse.newBuilder()
        .setSucceed(outcome.getSucceed())
        .setPreviousNotExist(outcome.getPreviousNotExist())
        .setPreviousValue(outcome.getPreviousValue())
        .build();
  }

  private <R> void write(
      Context context,
      List<Request> requests,
      Reply<R> reply,
      Function<RaftCmdResponse, R> response) {
    RaftCmdRequest command =
        RaftCmdRequest.newBuilder().setHeader(header(context)).addAllRequests(requests).build();
    router.send(
        new Msg.Command(
            command,
            new Callback() {
              @Override
              public void done(RaftCmdResponse outcome) {
                reply.done(response.apply(outcome));
              }

              @Override
              public void readable(ReadGrant grant) {
                grant.close();
                throw new AssertionError("a write was answered as a read");
              }

              @Override
              public void refused(Refusal refusal) {
                reply.refused(refusal);
              }
            }));
  }

  private <R> void read(Context context, Reply<R> reply, Function<RegionSnapshot, R> reader) {
    router.send(
        new Msg.Command(
            readCommand(context),
            new Callback() {
              @Override
              public void done(RaftCmdResponse outcome) {
                throw new AssertionError("a read was answered as a write");
              }

              @Override
              public void readable(ReadGrant grant) {
                if (!readPool.schedule(() -> serve(grant, reply, reader))) {
                  grant.close();
                  reply.refused(new Refusal.ServerIsBusy("too many reads are waiting"));
                }
              }

              @Override
              public void refused(Refusal refusal) {
                reply.refused(refusal);
              }
            }));
  }

  /** On the read pool. */
  private <R> void serve(ReadGrant grant, Reply<R> reply, Function<RegionSnapshot, R> reader) {
    R response;
    try (grant) {
      if (reply.isAbandoned()) {
        // It is an answer all the same: whoever counts the calls under way must hear of its end.
        throw new Refusal.StaleCommand();
      }
      if (!reply.hasRoom()) {
        throw new Refusal.ServerIsBusy("too many bytes of answers wait to leave");
      }
      response = reader.apply(new RegionSnapshot(grant, clock.unixMillis()));
    } catch (Refusal refusal) {
      reply.refused(refusal);
      return;
    }
    reply.done(response);
  }

  private Pairs pairs(RegionSnapshot snapshot) {
    Pairs plain = new SnapshotPairs(snapshot, answerBytesMax);
    return coprocessors.observesReads()
        ? new ObservedPairs(plain, snapshot, coprocessors, answerBytesMax)
        : plain;
  }

  /** The command that asks for leave to read. */
  static RaftCmdRequest readCommand(Context context) {
    return RaftCmdRequest.newBuilder().setHeader(header(context)).addRequests(SNAP).build();
  }

  private static RaftRequestHeader header(Context context) {
    return RaftRequestHeader.newBuilder()
        .setRegionId(context.getRegionId())
        .setPeer(context.getPeer())
        .setRegionEpoch(context.getRegionEpoch())
        .setTerm(context.getTerm())
        .build();
  }
}
