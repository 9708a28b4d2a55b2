package dev.flotilla.server;

import com.google.protobuf.MessageLite;
import dev.flotilla.kv.RawKv;
import dev.flotilla.kv.RegionSplits;
import dev.flotilla.kv.Reply;
import dev.flotilla.proto.import_sstpb.ImportSSTGrpcService;
import dev.flotilla.proto.import_sstpb.IngestRequest;
import dev.flotilla.proto.import_sstpb.IngestResponse;
import dev.flotilla.proto.import_sstpb.MultiIngestRequest;
import dev.flotilla.proto.import_sstpb.RawWriteRequest;
import dev.flotilla.proto.import_sstpb.RawWriteResponse;
import dev.flotilla.proto.import_sstpb.SSTMeta;
import dev.flotilla.proto.import_sstpb.SwitchModeResponse;
import dev.flotilla.proto.kvrpcpb.Context;
import dev.flotilla.raftstore.Refusal;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.server.GrpcServer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code import_sstpb.ImportSST}: pairs that are sent ahead into a file and then taken in.
 *
 * <p>Unlike TiKV, which has every replica swallow its own copy of the file, the leader reads its
 * file back and puts the pairs through the raft log as ordinary commands of bounded size. Replicas
 * cannot differ, plugins see every pair, and nothing new can go wrong at a crash; it is slower, and
 * a file is not taken in at once but a part at a time. When it is refused halfway, sending the same
 * pairs again sets that right. Copies that followers were sent go unused and are deleted in time.
 */
final class ImportService {
  private static final Logger LOG = LoggerFactory.getLogger(ImportService.class);

  /** A client that has sent nothing for so long keeps others from sending. */
  private static final long STALL_MILLIS = TimeUnit.MINUTES.toMillis(2);

  /** Files taken in at once on one event loop. */
  private static final int INGESTIONS_MAX = 8;

  private final ImportFolder folder;
  private final RawKv kv;
  private final RegionSplits regions;
  private final Vertx vertx;
  private final io.vertx.core.Context loop;
  private int ingestions;

  /**
   * @param loop the event loop that all calls come on
   */
  ImportService(
      ImportFolder folder,
      RawKv kv,
      RegionSplits regions,
      Vertx vertx,
      io.vertx.core.Context loop) {
    this.folder = folder;
    this.kv = kv;
    this.regions = regions;
    this.vertx = vertx;
    this.loop = loop;
  }

  void bind(GrpcServer server, UnaryCalls calls) {
    ServiceMethod<Decoded<RawWriteRequest>, RawWriteResponse> write =
        Decoded.tolerant(ImportSSTGrpcService.RawWrite);
    server.callHandler(
        write,
        call -> {
          if (calls.isStopping()) {
            call.response().status(GrpcStatus.UNAVAILABLE).statusMessage("node is stopping").end();
          } else {
            new ImportStream(call, folder, vertx, STALL_MILLIS).open();
          }
        });
    // Import mode is for files that the engine swallows; ordinary writes need none.
    calls.bind(
        server,
        ImportSSTGrpcService.SwitchMode,
        error -> SwitchModeResponse.getDefaultInstance(),
        (request, call) -> call.done(SwitchModeResponse.getDefaultInstance()));
    bind(
        server,
        calls,
        method(
            ImportSSTGrpcService.Ingest,
            IngestRequest::getContext,
            (request, reply) -> ingest(request.getContext(), List.of(request.getSst()), reply)));
    bind(
        server,
        calls,
        method(
            ImportSSTGrpcService.MultiIngest,
            MultiIngestRequest::getContext,
            (request, reply) -> ingest(request.getContext(), request.getSstsList(), reply)));
    vertx.setPeriodic(
        TimeUnit.MINUTES.toMillis(1),
        id ->
            vertx
                .executeBlocking(
                    () -> {
                      folder.dropOld();
                      return true;
                    },
                    false)
                .onFailure(failure -> LOG.warn("old imported files stay", failure)));
  }

  private static <P extends MessageLite> RawMethod<P, IngestResponse> method(
      ServiceMethod<P, IngestResponse> method,
      Function<P, Context> contextOf,
      BiConsumer<P, Reply<IngestResponse>> operation) {
    return new RawMethod<>(
        method,
        contextOf,
        operation,
        error -> IngestResponse.newBuilder().setError(error).build(),
        null);
  }

  private static <P extends MessageLite, R extends MessageLite> void bind(
      GrpcServer server, UnaryCalls calls, RawMethod<P, R> method) {
    calls.bind(server, method.method(), method, method::serve);
  }

  private void ingest(Context context, List<SSTMeta> files, Reply<IngestResponse> reply) {
    if (ingestions == INGESTIONS_MAX) {
      reply.refused(new Refusal.ServerIsBusy("too many files are being taken in"));
      return;
    }
    ingestions++;
    new Ingestion(folder, kv, vertx, loop, context, files)
        .run(
            regions,
            refusal -> {
              ingestions--;
              if (refusal == null) {
                reply.done(IngestResponse.getDefaultInstance());
              } else {
                reply.refused(refusal);
              }
            },
            reply::isAbandoned);
  }
}
