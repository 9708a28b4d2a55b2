package dev.flotilla.node;

import dev.flotilla.config.HostPort;
import dev.flotilla.config.NodeConfig;
import dev.flotilla.node.settings.ConfigLoader;
import dev.flotilla.proto.kvrpcpb.Context;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.RegionEpoch;
import dev.flotilla.proto.pdpb.GetMembersRequest;
import dev.flotilla.proto.pdpb.PDGrpcClient;
import dev.flotilla.proto.pdpb.RequestHeader;
import dev.flotilla.raftstore.store.Bootstrap;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A node in this process on a free port, and a bare gRPC client for it. */
final class RunningNode implements AutoCloseable {
  private static final int MESSAGE_BYTES_MAX = 64 << 20;

  private final Node node;
  private final Vertx vertx = Vertx.vertx();
  private final GrpcClient client =
      GrpcClient.client(vertx, new GrpcClientOptions().setMaxMessageSize(MESSAGE_BYTES_MAX));

  private RunningNode(Node node) {
    this.node = node;
  }

  static RunningNode start(Path dataDir) throws Exception {
    return start(onFreePort(dataDir, Map.of()));
  }

  static RunningNode start(NodeConfig config) throws Exception {
    Node node =
        Node.create(
                config,
                (where, fault) -> {
                  throw new AssertionError(where, fault);
                })
            .await(30, TimeUnit.SECONDS);
    node.start().await(30, TimeUnit.SECONDS);
    return new RunningNode(node);
  }

  static NodeConfig onFreePort(Path dataDir, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    // Tests do not depend on what else is on the disk.
    all.putIfAbsent("storage.reserve-bytes", "0B");
    all.put("storage.data-dir", dataDir.toString());
    all.put("server.addr", "127.0.0.1:0");
    all.put("status.addr", "127.0.0.1:0");
    all.put("cluster.addr", "127.0.0.1:0");
    return ConfigLoader.defaultsWith(all);
  }

  HostPort address() {
    return node.address();
  }

  /** What the metrics port tells. */
  String metrics() throws IOException {
    URI page = URI.create("http://" + node.statusAddress().orElseThrow() + "/metrics");
    try (InputStream body = page.toURL().openStream()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** What a client that knows its way sends along. */
  static Context.Builder context() {
    return Context.newBuilder()
        .setRegionId(Bootstrap.USER_REGION_ID)
        .setRegionEpoch(RegionEpoch.newBuilder().setConfVer(1).setVersion(1))
        .setPeer(
            Peer.newBuilder().setId(Bootstrap.USER_REGION_ID + 1).setStoreId(Bootstrap.STORE_ID));
  }

  /** What the placement driver asks of every request. */
  RequestHeader pdHeader() throws Exception {
    return RequestHeader.newBuilder()
        .setClusterId(
            call(PDGrpcClient.GetMembers, GetMembersRequest.getDefaultInstance())
                .getHeader()
                .getClusterId())
        .build();
  }

  private SocketAddress socket() {
    return SocketAddress.inetSocketAddress(address().port(), address().host());
  }

  /** Calls and returns the response; any status but OK fails. */
  <P, R> R call(ServiceMethod<R, P> method, P request) throws Exception {
    return client
        .request(socket(), method)
        .compose(call -> call.send(request))
        .compose(GrpcClientResponse::last)
        .await(20, TimeUnit.SECONDS);
  }

  /** Calls and returns the status with its message. */
  <P, R> Status status(ServiceMethod<R, P> method, P request) throws Exception {
    return client
        .request(socket(), method)
        .compose(call -> call.send(request))
        .compose(RunningNode::statusOf)
        .await(20, TimeUnit.SECONDS);
  }

  /** Sends bytes that need not be a message. */
  Status raw(String service, String method, byte[] bytes) throws Exception {
    return client
        .request(socket())
        .compose(call -> call.fullMethodName(service + "/" + method).send(Buffer.buffer(bytes)))
        .compose(RunningNode::statusOf)
        .await(20, TimeUnit.SECONDS);
  }

  private static <P, R> Future<Status> statusOf(GrpcClientResponse<P, R> response) {
    return response
        .end()
        .transform(
            ended ->
                Future.succeededFuture(new Status(response.status(), response.statusMessage())));
  }

  record Status(GrpcStatus code, String message) {}

  @Override
  public void close() throws TimeoutException {
    client.close().await(10, TimeUnit.SECONDS);
    vertx.close().await(10, TimeUnit.SECONDS);
    node.stop().await(30, TimeUnit.SECONDS);
  }
}
