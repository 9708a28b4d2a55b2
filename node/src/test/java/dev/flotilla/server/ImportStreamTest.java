package dev.flotilla.server;

import static io.vertx.core.Future.succeededFuture;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.import_sstpb.ImportSSTGrpcClient;
import dev.flotilla.proto.import_sstpb.ImportSSTGrpcService;
import dev.flotilla.proto.import_sstpb.Pair;
import dev.flotilla.proto.import_sstpb.RawWriteBatch;
import dev.flotilla.proto.import_sstpb.RawWriteRequest;
import dev.flotilla.proto.import_sstpb.RawWriteResponse;
import dev.flotilla.proto.import_sstpb.SSTMeta;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.server.GrpcServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is sent halfway only, or by one who goes, leaves nothing and takes nobody's place. */
class ImportStreamTest {
  private static final RawWriteRequest PAIRS =
      RawWriteRequest.newBuilder()
          .setBatch(
              RawWriteBatch.newBuilder()
                  .addPairs(
                      Pair.newBuilder()
                          .setKey(ByteString.copyFromUtf8("k"))
                          .setValue(ByteString.copyFromUtf8("v"))))
          .build();

  @TempDir private Path path;

  private final Vertx vertx = Vertx.vertx();
  private final List<Throwable> unhandled = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Context> lost = new CompletableFuture<>();
  private final GrpcClient client = GrpcClient.client(vertx);

  @BeforeEach
  void watch() {
    vertx.exceptionHandler(unhandled::add);
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private SocketAddress serve(ImportFolder folder, long stallMillis) throws Exception {
    folder.open();
    GrpcServer grpc = GrpcServer.server(vertx);
    grpc.callHandler(
        Decoded.tolerant(ImportSSTGrpcService.RawWrite),
        call -> new ImportStream(call, folder, vertx, stallMillis).open());
    HttpServer http =
        vertx
            .createHttpServer()
            .connectionHandler(
                connection ->
                    connection.closeHandler(closed -> lost.complete(vertx.getOrCreateContext())))
            .requestHandler(grpc)
            .listen(0, "127.0.0.1")
            .await(10, TimeUnit.SECONDS);
    return SocketAddress.inetSocketAddress(http.actualPort(), "127.0.0.1");
  }

  private GrpcClientRequest<RawWriteRequest, RawWriteResponse> begin(SocketAddress server, int file)
      throws Exception {
    GrpcClientRequest<RawWriteRequest, RawWriteResponse> call =
        client.request(server, ImportSSTGrpcClient.RawWrite).await(10, TimeUnit.SECONDS);
    ByteString uuid = ByteString.copyFromUtf8(String.format("%016d", file));
    call.write(RawWriteRequest.newBuilder().setMeta(SSTMeta.newBuilder().setUuid(uuid)).build());
    return call;
  }

  /** How a call that gets no answer ends. */
  private static String end(GrpcClientRequest<RawWriteRequest, RawWriteResponse> call)
      throws Exception {
    return call.response()
        .compose(
            response ->
                response
                    .end()
                    .transform(
                        ended ->
                            succeededFuture(
                                response.status().name() + ": " + response.statusMessage())))
        .await(10, TimeUnit.SECONDS);
  }

  private long files() throws Exception {
    try (Stream<Path> files = Files.list(path)) {
      return files.count();
    }
  }

  @Test
  void whoGoesBeforeTheAnswerIsNoFault() throws Exception {
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch gone = new CountDownLatch(1);
    ImportFolder folder =
        new ImportFolder(
            path,
            4096,
            () -> {
              writing.countDown();
              return awaited(gone);
            },
            new HandClock());
    GrpcClientRequest<RawWriteRequest, RawWriteResponse> call = begin(serve(folder, 60_000), 1);
    call.end(PAIRS);
    assertThat(awaited(writing)).isTrue();
    call.connection().close();
    Context loop = lost.get(10, TimeUnit.SECONDS);
    gone.countDown();
    Awaitility.await().until(() -> files() == 0);
    CompletableFuture<Boolean> rest = new CompletableFuture<>();
    loop.runOnContext(ignored -> rest.complete(true));
    assertThat(rest.get(10, TimeUnit.SECONDS)).isTrue();
    assertThat(unhandled).isEmpty();
  }

  private static boolean awaited(CountDownLatch latch) {
    try {
      return latch.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** However alive its connection is: others could send nothing any more. */
  @Test
  void whoSendsNoMoreLosesItsPlace() throws Exception {
    ImportFolder folder = new ImportFolder(path, 4096, () -> true, new HandClock());
    SocketAddress server = serve(folder, 100);
    List<GrpcClientRequest<RawWriteRequest, RawWriteResponse>> stalled = new ArrayList<>();
    for (int i = 0; i < ImportFolder.WRITERS_MAX; i++) {
      stalled.add(begin(server, i));
    }
    for (GrpcClientRequest<RawWriteRequest, RawWriteResponse> call : stalled) {
      assertThat(end(call)).startsWith("ABORTED: no message was complete for ");
    }
    Awaitility.await().until(() -> files() == 0);
    GrpcClientRequest<RawWriteRequest, RawWriteResponse> next = begin(serve(folder, 60_000), 100);
    next.end(PAIRS);
    assertThat(
            next.response()
                .compose(response -> response.last())
                .await(10, TimeUnit.SECONDS)
                .getMetasCount())
        .isEqualTo(1);
    assertThat(unhandled).isEmpty();
  }
}
