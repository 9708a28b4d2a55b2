package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.engine.Keys;
import dev.flotilla.proto.import_sstpb.ImportSSTGrpcClient;
import dev.flotilla.proto.import_sstpb.IngestRequest;
import dev.flotilla.proto.import_sstpb.IngestResponse;
import dev.flotilla.proto.import_sstpb.MultiIngestRequest;
import dev.flotilla.proto.import_sstpb.Pair;
import dev.flotilla.proto.import_sstpb.RawWriteBatch;
import dev.flotilla.proto.import_sstpb.RawWriteRequest;
import dev.flotilla.proto.import_sstpb.RawWriteResponse;
import dev.flotilla.proto.import_sstpb.SSTMeta;
import dev.flotilla.proto.kvrpcpb.Context;
import dev.flotilla.proto.kvrpcpb.RawGetRequest;
import dev.flotilla.proto.metapb.RegionEpoch;
import dev.flotilla.proto.tikvpb.TikvGrpcClient;
import dev.flotilla.raftstore.store.Bootstrap;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of pairs as a client may send them, rightly or wrongly. */
class ImportCallsTest {
  @TempDir private static Path data;

  private static final Vertx VERTX = Vertx.vertx();

  private static RunningNode node;

  @BeforeAll
  static void start() throws Exception {
    node = RunningNode.start(data);
  }

  @AfterAll
  static void stop() throws Exception {
    VERTX.close().await(10, TimeUnit.SECONDS);
    node.close();
  }

  private static GrpcClientResponse<RawWriteRequest, RawWriteResponse> send(
      List<RawWriteRequest> requests) throws Exception {
    GrpcClientRequest<RawWriteRequest, RawWriteResponse> call =
        GrpcClient.client(VERTX)
            .request(
                SocketAddress.inetSocketAddress(node.address().port(), node.address().host()),
                ImportSSTGrpcClient.RawWrite)
            .await(10, TimeUnit.SECONDS);
    requests.forEach(call::write);
    call.end();
    return call.response().await(10, TimeUnit.SECONDS);
  }

  private static SSTMeta written(String uuid, String... keys) throws Exception {
    RawWriteBatch.Builder batch = RawWriteBatch.newBuilder();
    for (String key : keys) {
      batch.addPairs(Pair.newBuilder().setKey(utf8(key)).setValue(utf8("of " + key)));
    }
    return send(List.of(meta(uuid), RawWriteRequest.newBuilder().setBatch(batch).build()))
        .last()
        .await(10, TimeUnit.SECONDS)
        .getMetas(0);
  }

  private static RawWriteRequest meta(String uuid) {
    return RawWriteRequest.newBuilder().setMeta(SSTMeta.newBuilder().setUuid(utf8(uuid))).build();
  }

  private static IngestRequest ingest(Context.Builder context, SSTMeta file) {
    return IngestRequest.newBuilder().setContext(context).setSst(file).build();
  }

  private static ByteString get(String key) throws Exception {
    return node.call(
            TikvGrpcClient.RawGet,
            RawGetRequest.newBuilder().setContext(RunningNode.context()).setKey(utf8(key)).build())
        .getValue();
  }

  @Test
  void takesSeveralFilesInAtOnceAndOnce() throws Exception {
    SSTMeta first = written("0123456789abcdef", "a", "b");
    SSTMeta second = written("fedcba9876543210", "c");
    IngestResponse response =
        node.call(
            ImportSSTGrpcClient.MultiIngest,
            MultiIngestRequest.newBuilder()
                .setContext(RunningNode.context())
                .addSsts(first)
                .addSsts(second)
                .build());
    assertThat(response.hasError()).isFalse();
    assertThat(get("a")).isEqualTo(utf8("of a"));
    assertThat(get("b")).isEqualTo(utf8("of b"));
    assertThat(get("c")).isEqualTo(utf8("of c"));
    Awaitility.await()
        .until(
            () ->
                node.status(ImportSSTGrpcClient.Ingest, ingest(RunningNode.context(), first)).code()
                    == GrpcStatus.INVALID_ARGUMENT);
  }

  @Test
  void takesNothingInWhenARefusalIsDue() throws Exception {
    SSTMeta file = written("refused refused ", "r");
    assertThat(
            node.call(
                    ImportSSTGrpcClient.Ingest,
                    ingest(
                        RunningNode.context()
                            .setRegionEpoch(RegionEpoch.newBuilder().setConfVer(1).setVersion(9)),
                        file))
                .getError()
                .hasEpochNotMatch())
        .isTrue();
    assertThat(
            node.call(
                    ImportSSTGrpcClient.Ingest,
                    ingest(RunningNode.context().setRegionId(Bootstrap.SYSTEM_REGION_ID), file))
                .getError()
                .hasRegionNotFound())
        .isTrue();
    assertThat(
            node.status(
                    ImportSSTGrpcClient.Ingest,
                    ingest(
                        RunningNode.context(),
                        file.toBuilder().setCrc32(file.getCrc32() + 1).build()))
                .code())
        .isEqualTo(GrpcStatus.INVALID_ARGUMENT);
    assertThat(get("r")).isEqualTo(ByteString.EMPTY);
    assertThat(
            node.call(ImportSSTGrpcClient.Ingest, ingest(RunningNode.context(), file)).hasError())
        .isFalse();
    assertThat(get("r")).isEqualTo(utf8("of r"));
  }

  @Test
  void takesNoneOfAFileThatReachesIntoReservedKeys() throws Exception {
    ByteString reserved = ByteString.copyFrom(Keys.reserved());
    RawWriteBatch batch =
        RawWriteBatch.newBuilder()
            .addPairs(Pair.newBuilder().setKey(utf8("fine")).setValue(utf8("v")))
            .addPairs(Pair.newBuilder().setKey(reserved).setValue(utf8("v")))
            .build();
    SSTMeta file =
        send(List.of(
                meta("reaches too far "), RawWriteRequest.newBuilder().setBatch(batch).build()))
            .last()
            .await(10, TimeUnit.SECONDS)
            .getMetas(0);
    assertThat(
            node.call(ImportSSTGrpcClient.Ingest, ingest(RunningNode.context(), file))
                .getError()
                .hasKeyNotInRegion())
        .isTrue();
    assertThat(get("fine")).isEqualTo(ByteString.EMPTY);
  }

  @Test
  void refusesPairsWithoutAFile() throws Exception {
    RawWriteRequest batch =
        RawWriteRequest.newBuilder().setBatch(RawWriteBatch.getDefaultInstance()).build();
    for (List<RawWriteRequest> wrong :
        List.of(
            List.<RawWriteRequest>of(),
            List.of(batch),
            List.of(meta("0000000000000000"), meta("0000000000000000")),
            List.of(meta("short")))) {
      GrpcClientResponse<RawWriteRequest, RawWriteResponse> response = send(wrong);
      GrpcStatus status =
          response
              .end()
              .transform(end -> Future.succeededFuture(response.status()))
              .await(10, TimeUnit.SECONDS);
      assertThat(status).isEqualTo(GrpcStatus.INVALID_ARGUMENT);
    }
  }

  private static ByteString utf8(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
