package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.flotilla.proto.kvrpcpb.APIVersion;
import dev.flotilla.proto.kvrpcpb.KeyRange;
import dev.flotilla.proto.kvrpcpb.KvPair;
import dev.flotilla.proto.kvrpcpb.RawBatchDeleteRequest;
import dev.flotilla.proto.kvrpcpb.RawBatchGetRequest;
import dev.flotilla.proto.kvrpcpb.RawBatchPutRequest;
import dev.flotilla.proto.kvrpcpb.RawBatchScanRequest;
import dev.flotilla.proto.kvrpcpb.RawDeleteRangeRequest;
import dev.flotilla.proto.kvrpcpb.RawDeleteRequest;
import dev.flotilla.proto.kvrpcpb.RawGetRequest;
import dev.flotilla.proto.kvrpcpb.RawPutRequest;
import dev.flotilla.proto.kvrpcpb.RawScanRequest;
import dev.flotilla.proto.tikvpb.BatchCommandsEmptyRequest;
import dev.flotilla.proto.tikvpb.BatchCommandsRequest;
import dev.flotilla.proto.tikvpb.BatchCommandsRequest.Request;
import dev.flotilla.proto.tikvpb.BatchCommandsResponse;
import dev.flotilla.proto.tikvpb.BatchCommandsResponse.Response;
import dev.flotilla.proto.tikvpb.BatchCommandsResponse.Response.CmdCase;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands in batches do what calls of their own do. */
class BatchCommandsTest {
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

  private static GrpcClientRequest<BatchCommandsRequest, BatchCommandsResponse> open()
      throws Exception {
    return GrpcClient.client(VERTX)
        .request(
            SocketAddress.inetSocketAddress(node.address().port(), node.address().host()),
            TikvGrpcClient.BatchCommands)
        .await(10, TimeUnit.SECONDS);
  }

  /** Sends one batch, closes this half at once, and waits for all answers and the end. */
  private static Map<Long, Response> send(List<Request> commands) throws Exception {
    GrpcClientRequest<BatchCommandsRequest, BatchCommandsResponse> call = open();
    Map<Long, Response> answers = new ConcurrentHashMap<>();
    CompletableFuture<GrpcStatus> ended = new CompletableFuture<>();
    call.response()
        .onSuccess(
            response -> {
              response.handler(
                  batch -> {
                    for (int i = 0; i < batch.getResponsesCount(); i++) {
                      answers.put(batch.getRequestIds(i), batch.getResponses(i));
                    }
                  });
              response.endHandler(end -> ended.complete(response.status()));
            })
        .onFailure(ended::completeExceptionally);
    BatchCommandsRequest.Builder batch = BatchCommandsRequest.newBuilder();
    for (int i = 0; i < commands.size(); i++) {
      batch.addRequests(commands.get(i)).addRequestIds(100 + i);
    }
    call.end(batch.build());
    assertThat(ended.get(20, TimeUnit.SECONDS)).isEqualTo(GrpcStatus.OK);
    assertThat(answers).hasSize(commands.size());
    return new HashMap<>(answers);
  }

  private static Response one(Request.Builder command) throws Exception {
    return Objects.requireNonNull(send(List.of(command.build())).get(100L));
  }

  private static Request.Builder put(String key, String value) {
    return Request.newBuilder()
        .setRawPut(
            RawPutRequest.newBuilder()
                .setContext(RunningNode.context())
                .setKey(utf8(key))
                .setValue(utf8(value)));
  }

  private static Request.Builder get(String key) {
    return Request.newBuilder()
        .setRawGet(RawGetRequest.newBuilder().setContext(RunningNode.context()).setKey(utf8(key)));
  }

  private static KvPair pair(String key, String value) {
    return KvPair.newBuilder().setKey(utf8(key)).setValue(utf8(value)).build();
  }

  @Test
  void servesEveryKind() throws Exception {
    assertThat(one(put("kind", "v")).getCmdCase()).isEqualTo(CmdCase.RAWPUT);
    assertThat(one(get("kind")).getRawGet().getValue()).isEqualTo(utf8("v"));
    assertThat(
            one(Request.newBuilder()
                    .setRawBatchPut(
                        RawBatchPutRequest.newBuilder()
                            .setContext(RunningNode.context())
                            .addPairs(pair("kind1", "1"))
                            .addPairs(pair("kind2", "2"))))
                .getCmdCase())
        .isEqualTo(CmdCase.RAWBATCHPUT);
    assertThat(
            one(Request.newBuilder()
                    .setRawBatchGet(
                        RawBatchGetRequest.newBuilder()
                            .setContext(RunningNode.context())
                            .addKeys(utf8("kind1"))
                            .addKeys(utf8("absent"))))
                .getRawBatchGet()
                .getPairsList())
        .containsExactly(pair("kind1", "1"));
    assertThat(
            one(Request.newBuilder()
                    .setRawScan(
                        RawScanRequest.newBuilder()
                            .setContext(RunningNode.context())
                            .setStartKey(utf8("kind1"))
                            .setEndKey(utf8("kind3"))
                            .setLimit(10)))
                .getRawScan()
                .getKvsList())
        .containsExactly(pair("kind1", "1"), pair("kind2", "2"));
    assertThat(
            one(Request.newBuilder()
                    .setRawBatchScan(
                        RawBatchScanRequest.newBuilder()
                            .setContext(RunningNode.context())
                            .addRanges(
                                KeyRange.newBuilder()
                                    .setStartKey(utf8("kind2"))
                                    .setEndKey(utf8("kind3")))
                            .setEachLimit(10)))
                .getRawBatchScan()
                .getKvsList())
        .containsExactly(pair("kind2", "2"));
    assertThat(
            one(Request.newBuilder()
                    .setRawDelete(
                        RawDeleteRequest.newBuilder()
                            .setContext(RunningNode.context())
                            .setKey(utf8("kind"))))
                .getCmdCase())
        .isEqualTo(CmdCase.RAWDELETE);
    assertThat(one(get("kind")).getRawGet().getNotFound()).isTrue();
    assertThat(
            one(Request.newBuilder()
                    .setRawBatchDelete(
                        RawBatchDeleteRequest.newBuilder()
                            .setContext(RunningNode.context())
                            .addKeys(utf8("kind1"))))
                .getCmdCase())
        .isEqualTo(CmdCase.RAWBATCHDELETE);
    assertThat(one(get("kind1")).getRawGet().getNotFound()).isTrue();
    assertThat(
            one(Request.newBuilder()
                    .setRawDeleteRange(
                        RawDeleteRangeRequest.newBuilder()
                            .setContext(RunningNode.context())
                            .setStartKey(utf8("kind"))
                            .setEndKey(utf8("kine"))))
                .getCmdCase())
        .isEqualTo(CmdCase.RAWDELETERANGE);
    assertThat(one(get("kind2")).getRawGet().getNotFound()).isTrue();
    assertThat(
            one(Request.newBuilder().setEmpty(BatchCommandsEmptyRequest.newBuilder().setTestId(7)))
                .getEmpty()
                .getTestId())
        .isEqualTo(7);
  }

  @Test
  void answersKindsThatAreNotServed() throws Exception {
    Request.Builder prewrite =
        Request.newBuilder()
            .setUnknownFields(
                UnknownFieldSet.newBuilder()
                    .addField(
                        3,
                        UnknownFieldSet.Field.newBuilder()
                            .addLengthDelimited(ByteString.EMPTY)
                            .build())
                    .build());
    assertThat(one(prewrite)).isEqualTo(Response.getDefaultInstance());
  }

  @Test
  void tellsWhatIsWrongInTheAnswer() throws Exception {
    Request.Builder system = get("k");
    system
        .getRawGetBuilder()
        .setContext(RunningNode.context().setRegionId(Bootstrap.SYSTEM_REGION_ID));
    assertThat(one(system).getRawGet().getRegionError().hasRegionNotFound()).isTrue();
    Request.Builder v2 = put("k", "v");
    v2.getRawPutBuilder().setContext(RunningNode.context().setApiVersion(APIVersion.V2));
    assertThat(one(v2).getRawPut().getError()).contains("Api version in request");
    Request.Builder scan =
        Request.newBuilder()
            .setRawScan(RawScanRequest.newBuilder().setContext(RunningNode.context()).setLimit(-1));
    assertThat(one(scan).getRawScan().getKvs(0).getError().getAbort()).contains("scan limit");
    Request.Builder family = get("k");
    family.getRawGetBuilder().setCf("nonsense");
    assertThat(one(family).getRawGet().getError()).contains("column family");
  }

  @Test
  void answersEachOfManyUnderItsId() throws Exception {
    List<Request> puts = new ArrayList<>();
    List<Request> gets = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      puts.add(put("many" + i, "value " + i).build());
      gets.add(get("many" + i).build());
    }
    assertThat(send(puts).values()).allMatch(answer -> !answer.getRawPut().hasRegionError());
    Map<Long, Response> found = send(gets);
    for (long i = 0; i < 3000; i++) {
      Response answer = Objects.requireNonNull(found.get(100 + i));
      assertThat(answer.getRawGet().getValue()).isEqualTo(utf8("value " + i));
    }
  }

  @Test
  void refusesCommandsWithoutIds() throws Exception {
    GrpcClientRequest<BatchCommandsRequest, BatchCommandsResponse> call = open();
    call.end(BatchCommandsRequest.newBuilder().addRequests(get("k")).build());
    GrpcClientResponse<BatchCommandsRequest, BatchCommandsResponse> response =
        call.response().await(10, TimeUnit.SECONDS);
    GrpcStatus status =
        response
            .end()
            .transform(end -> Future.succeededFuture(response.status()))
            .await(10, TimeUnit.SECONDS);
    assertThat(status).isEqualTo(GrpcStatus.INVALID_ARGUMENT);
  }

  private static ByteString utf8(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
