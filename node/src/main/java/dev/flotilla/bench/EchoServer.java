package dev.flotilla.bench;

import dev.flotilla.config.HostPort;
import dev.flotilla.proto.health.HealthCheckResponse;
import dev.flotilla.proto.health.HealthGrpcService;
import dev.flotilla.proto.pdpb.GetMembersResponse;
import dev.flotilla.proto.pdpb.Member;
import dev.flotilla.proto.pdpb.PDGrpcService;
import dev.flotilla.proto.pdpb.ResponseHeader;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.grpc.server.GrpcServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A server that only answers: how fast calls can be when nothing is done for them. */
final class EchoServer implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final long PATIENCE_SECONDS = 30;

  private final Vertx vertx;
  private final HostPort address;

  private EchoServer(Vertx vertx, HostPort address) {
    this.vertx = vertx;
    this.address = address;
  }

  /**
   * Listens on a free port of this machine.
   *
   * @param loops event loops, as a node has them
   */
  static EchoServer start(int loops) throws TimeoutException {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops));
    List<Loop> started = Collections.synchronizedList(new ArrayList<>());
    vertx
        .deployVerticle(
            () -> {
              Loop loop = new Loop();
              started.add(loop);
              return loop;
            },
            new DeploymentOptions().setInstances(loops))
        .await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return new EchoServer(vertx, new HostPort(HOST, started.get(0).port()));
  }

  HostPort address() {
    return address;
  }

  @Override
  public void close() {
    vertx.close();
  }

  private static final class Loop extends VerticleBase {
    private @Nullable HttpServer http;

    @Override
    public Future<?> start() {
      GrpcServer grpc = GrpcServer.server(vertx);
      grpc.callHandler(
          HealthGrpcService.Check,
          call ->
              call.handler(asked -> call.response().end(HealthCheckResponse.getDefaultInstance())));
      // Clients ask for the placement driver before anything else.
      grpc.callHandler(
          PDGrpcService.GetMembers, call -> call.handler(asked -> call.response().end(members())));
      HttpServer server = vertx.createHttpServer().requestHandler(grpc);
      http = server;
      // One random port for all instances.
      return server.listen(-1, HOST);
    }

    private GetMembersResponse members() {
      Member self = Member.newBuilder().addClientUrls("http://" + HOST + ":" + port()).build();
      return GetMembersResponse.newBuilder()
          .setHeader(ResponseHeader.newBuilder().setClusterId(1))
          .setLeader(self)
          .setEtcdLeader(self)
          .addMembers(self)
          .build();
    }

    int port() {
      HttpServer server = http;
      return server == null ? 0 : server.actualPort();
    }
  }
}
