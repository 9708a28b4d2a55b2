package dev.flotilla.server;

import static io.vertx.core.Future.succeededFuture;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.kv.RawKv;
import dev.flotilla.proto.kvrpcpb.RawGetRequest;
import dev.flotilla.proto.kvrpcpb.RawPutRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.proto.tikvpb.BatchCommandsRequest;
import dev.flotilla.proto.tikvpb.BatchCommandsRequest.Request;
import dev.flotilla.proto.tikvpb.BatchCommandsResponse;
import dev.flotilla.proto.tikvpb.TikvGrpcClient;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.RaftCommands;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.SharedSnapshot;
import dev.flotilla.verticle.SystemClock;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a stream of commands does while the store takes its time. */
class BatchStreamTest {
  private static final long BYTES_MAX = 1536 << 10;

  private final Vertx vertx = Vertx.vertx();
  private final Clock clock = new SystemClock();

  /** Commands that the store has and does not answer by itself. */
  private final BlockingQueue<Msg.Command> stored = new LinkedBlockingQueue<>();

  private final BlockingQueue<BatchCommandsResponse> answers = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final CompletableFuture<UnaryCalls> calls = new CompletableFuture<>();
  private final CompletableFuture<CallTracker> tracked = new CompletableFuture<>();

  /** Reads that wait for a thread. */
  private final BlockingQueue<Runnable> reads = new LinkedBlockingQueue<>();

  /** A connection was closed. */
  private final CompletableFuture<Void> lost = new CompletableFuture<>();

  private final Context loop = vertx.getOrCreateContext();
  private final SocketAddress server = serve();
  private final GrpcClientRequest<BatchCommandsRequest, BatchCommandsResponse> call =
      open(GrpcClient.client(vertx));

  private SocketAddress serve() {
    CompletableFuture<HttpServer> listening = new CompletableFuture<>();
    loop.runOnContext(
        ignored -> {
          RawKv kv =
              new RawKv(
                  msg -> stored.add((Msg.Command) msg),
                  reads::add,
                  CoprocessorHost.withBuiltIns(),
                  clock,
                  BYTES_MAX);
          GrpcServer grpc = GrpcServer.server(vertx);
          CallTracker tracker = new CallTracker(vertx, loop, clock, BYTES_MAX);
          UnaryCalls unary = new UnaryCalls(tracker, clock, CallObserver.NONE);
          calls.complete(unary);
          tracked.complete(tracker);
          new BatchStreams(new RawMethods(kv), tracker, unary, clock, CallObserver.NONE).bind(grpc);
          vertx
              .createHttpServer()
              .connectionHandler(
                  connection -> connection.closeHandler(closed -> lost.complete(null)))
              .requestHandler(grpc)
              .listen(0, "127.0.0.1")
              .onSuccess(listening::complete);
        });
    return SocketAddress.inetSocketAddress(listening.join().actualPort(), "127.0.0.1");
  }

  private GrpcClientRequest<BatchCommandsRequest, BatchCommandsResponse> open(GrpcClient client) {
    return client
        .request(server, TikvGrpcClient.BatchCommands)
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  @BeforeEach
  void listen() {
    call.response()
        .onSuccess(
            response -> {
              response.handler(answers::add);
              response.endHandler(end -> ended.complete(null));
            });
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private static BatchCommandsRequest puts(long firstId, int count, int valueBytes) {
    BatchCommandsRequest.Builder batch = BatchCommandsRequest.newBuilder();
    for (long id = firstId; id < firstId + count; id++) {
      batch
          .addRequests(
              Request.newBuilder()
                  .setRawPut(
                      RawPutRequest.newBuilder()
                          .setKey(ByteString.copyFromUtf8("key" + id))
                          .setValue(ByteString.copyFrom(new byte[valueBytes]))))
          .addRequestIds(id);
    }
    return batch.build();
  }

  private List<Msg.Command> take(int count) throws InterruptedException {
    List<Msg.Command> taken = new ArrayList<>();
    while (taken.size() < count) {
      Msg.Command command = stored.poll(10, TimeUnit.SECONDS);
      if (command == null) {
        throw new AssertionError("the store got " + taken.size() + " commands of " + count);
      }
      taken.add(command);
    }
    return taken;
  }

  private static void answer(Msg.Command command) {
    command.callback().done(RaftCmdResponse.getDefaultInstance());
  }

  private BatchCommandsResponse next() throws InterruptedException {
    BatchCommandsResponse answer = answers.poll(10, TimeUnit.SECONDS);
    if (answer == null) {
      throw new AssertionError("no answer came");
    }
    return answer;
  }

  @Test
  void answersInTheOrderOfTheOutcomes() throws Exception {
    call.write(puts(1, 3, 1));
    List<Msg.Command> commands = take(3);
    for (int i = 2; i >= 0; i--) {
      answer(commands.get(i));
      assertThat(next().getRequestIdsList()).containsExactly(i + 1L);
    }
  }

  @Test
  void sendsWhatIsThereTogetherAsOneMessage() throws Exception {
    call.write(puts(1, 50, 1));
    List<Msg.Command> commands = take(50);
    Collections.reverse(commands);
    // Within one turn of the event loop, so that none can leave before all are there.
    loop.runOnContext(ignored -> commands.forEach(BatchStreamTest::answer));
    BatchCommandsResponse all = next();
    assertThat(all.getResponsesCount()).isEqualTo(50);
    assertThat(all.getRequestIds(0)).isEqualTo(50);
    assertThat(all.getRequestIds(49)).isEqualTo(1);
  }

  @Test
  void endsAfterTheLastAnswer() throws Exception {
    call.end(puts(1, 2, 1));
    List<Msg.Command> commands = take(2);
    answer(commands.get(0));
    assertThat(next().getRequestIdsList()).containsExactly(1L);
    assertThat(ended).isNotDone();
    answer(commands.get(1));
    assertThat(next().getRequestIdsList()).containsExactly(2L);
    ended.get(10, TimeUnit.SECONDS);
  }

  /** He has said all that he had to say, so that only his answers can be broken off. */
  @Test
  void whoHasGoneHoldsUpNobodysAnswers() throws Exception {
    GrpcClientRequest<BatchCommandsRequest, BatchCommandsResponse> gone =
        open(GrpcClient.client(vertx));
    gone.end(puts(1, 1, 1));
    List<Msg.Command> commands = new ArrayList<>(take(1));
    call.write(puts(2, 2, 1));
    commands.addAll(take(2));
    gone.connection().close();
    lost.get(10, TimeUnit.SECONDS);
    loop.runOnContext(ignored -> commands.forEach(BatchStreamTest::answer));
    assertThat(next().getRequestIdsList()).containsExactly(2L, 3L);
  }

  /** Or nobody would find a place on this event loop after some time. */
  @Test
  void aReadThatNobodyWaitsForGivesItsPlaceBack() throws Exception {
    GrpcClientRequest<BatchCommandsRequest, BatchCommandsResponse> gone =
        open(GrpcClient.client(vertx));
    gone.write(
        BatchCommandsRequest.newBuilder()
            .addRequests(Request.newBuilder().setRawGet(RawGetRequest.getDefaultInstance()))
            .addRequestIds(1)
            .build());
    take(1)
        .get(0)
        .callback()
        .readable(
            new ReadGrant(
                new SharedSnapshot(SimEngine.kv().snapshot()), RaftCommands.REGION, 1, 0));
    CallTracker tracker = tracked.get(10, TimeUnit.SECONDS);
    assertThat(tracker.inFlight()).isEqualTo(1);
    gone.connection().close();
    lost.get(10, TimeUnit.SECONDS);
    loop.runOnContext(ignored -> reads.remove().run());
    Awaitility.await().until(() -> tracker.inFlight() == 0);
  }

  @Test
  void isNotReadWhileTooManyAreInFlight() throws Exception {
    int batch = BatchStream.IN_FLIGHT_MAX / 4;
    for (int i = 0; i < 12; i++) {
      call.write(puts(1L + (long) i * batch, batch, 1));
    }
    List<Msg.Command> first = take(BatchStream.IN_FLIGHT_MAX);
    // All that was sent would long be here.
    Awaitility.await()
        .during(300, TimeUnit.MILLISECONDS)
        .atMost(10, TimeUnit.SECONDS)
        .until(stored::isEmpty);
    first.forEach(BatchStreamTest::answer);
    int left = 12 * batch - first.size();
    while (left > 0) {
      List<Msg.Command> more = take(Math.min(left, batch));
      more.forEach(BatchStreamTest::answer);
      left -= more.size();
    }
    call.end();
    ended.get(10, TimeUnit.SECONDS);
    int found = answers.stream().mapToInt(BatchCommandsResponse::getResponsesCount).sum();
    assertThat(found).isEqualTo(12 * batch);
  }

  @Test
  void saysBusyWhenTooManyBytesAreInFlight() throws Exception {
    for (int id = 1; id <= 7; id++) {
      call.write(puts(id, 1, 200 << 10));
    }
    List<Msg.Command> first = take(7);
    call.write(puts(8, 1, 200 << 10));
    BatchCommandsResponse refused = next();
    assertThat(refused.getRequestIdsList()).containsExactly(8L);
    assertThat(refused.getResponses(0).getRawPut().getRegionError().hasServerIsBusy()).isTrue();
    answer(first.get(0));
    assertThat(next().getRequestIdsList()).containsExactly(1L);
    call.write(puts(9, 1, 200 << 10));
    assertThat(take(1)).hasSize(1);
  }

  /** What commands take is much more than a small one's bytes. */
  @Test
  void countsCommandsByWhatTheyTake() throws Exception {
    int fit = (int) (BYTES_MAX / CallTracker.CALL_BYTES);
    for (int i = 0; i < 2; i++) {
      call.write(puts(1, BatchStream.IN_FLIGHT_MAX - 1, 1));
    }
    assertThat(take(fit - BatchStream.IN_FLIGHT_MAX / 8)).isNotEmpty();
    assertThat(next().getResponses(0).getRawPut().getRegionError().hasServerIsBusy()).isTrue();
  }

  @Test
  void endsWhenOneMessageHasTooManyCommands() throws Exception {
    BatchCommandsRequest.Builder many = BatchCommandsRequest.newBuilder();
    for (int id = 0; id <= BatchStream.MESSAGE_COMMANDS_MAX; id++) {
      many.addRequests(Request.getDefaultInstance()).addRequestIds(id);
    }
    call.write(many.build());
    assertThat(
            call.response()
                .compose(
                    response -> response.end().transform(end -> succeededFuture(response.status())))
                .await(10, TimeUnit.SECONDS))
        .isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED);
    assertThat(stored).isEmpty();
  }

  @Test
  void takesNothingNewWhileStopping() throws Exception {
    call.write(puts(1, 1, 1));
    List<Msg.Command> first = take(1);
    CompletableFuture<Void> stopping = new CompletableFuture<>();
    loop.runOnContext(
        ignored -> {
          calls.join().refuseNew();
          stopping.complete(null);
        });
    stopping.get(10, TimeUnit.SECONDS);
    call.write(puts(2, 1, 1));
    BatchCommandsResponse refused = next();
    assertThat(refused.getResponses(0).getRawPut().getRegionError().hasServerIsBusy()).isTrue();
    answer(first.get(0));
    assertThat(next().getRequestIdsList()).containsExactly(1L);
  }
}
