package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.admin.AdminGrpcService;
import dev.flotilla.proto.admin.OperateResponse;
import dev.flotilla.proto.pdpb.Error;
import dev.flotilla.proto.pdpb.ErrorType;
import dev.flotilla.proto.pdpb.GetAllStoresResponse;
import dev.flotilla.proto.pdpb.GetMembersResponse;
import dev.flotilla.proto.pdpb.Member;
import dev.flotilla.proto.pdpb.PDGrpcService;
import dev.flotilla.proto.pdpb.ResponseHeader;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node that says for a while that there is no driver, as nodes do during an election. */
class CtlPatienceTest {
  private static final String AWAY = "the placement driver cannot be reached now";
  private static final ResponseHeader FINE = ResponseHeader.newBuilder().setClusterId(7).build();

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger membersAway = new AtomicInteger();
  private final AtomicInteger storesAway = new AtomicInteger();
  private final AtomicReference<String> refusal = new AtomicReference<>();
  private final AtomicInteger orders = new AtomicInteger();
  private HttpServer server;
  private volatile ErrorType kind = ErrorType.UNKNOWN;

  @BeforeEach
  void listen() throws Exception {
    GrpcServer grpc = GrpcServer.server(vertx);
    grpc.callHandler(
        PDGrpcService.GetMembers, call -> call.handler(asked -> call.response().end(members())));
    grpc.callHandler(
        PDGrpcService.GetAllStores,
        call ->
            call.handler(
                asked -> {
                  GetAllStoresResponse stores =
                      GetAllStoresResponse.newBuilder().setHeader(header(storesAway)).build();
                  String no = refusal.get();
                  if (no == null) {
                    call.response().end(stores);
                  } else {
                    call.response().status(GrpcStatus.PERMISSION_DENIED).statusMessage(no).end();
                  }
                }));
    grpc.callHandler(
        AdminGrpcService.Operate,
        call ->
            call.handler(
                asked -> {
                  orders.incrementAndGet();
                  call.response()
                      .end(
                          OperateResponse.newBuilder()
                              .setHeader(error(kind, "no such thing"))
                              .build());
                }));
    server =
        vertx
            .createHttpServer()
            .requestHandler(grpc)
            .listen(0, "127.0.0.1")
            .await(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private String address() {
    return "127.0.0.1:" + server.actualPort();
  }

  private static ResponseHeader error(ErrorType kind, String text) {
    return ResponseHeader.newBuilder()
        .setError(Error.newBuilder().setType(kind).setMessage(text))
        .build();
  }

  /** An error as often as {@code away} says. */
  private static ResponseHeader header(AtomicInteger away) {
    return away.getAndDecrement() > 0 ? error(ErrorType.UNKNOWN, AWAY) : FINE;
  }

  private GetMembersResponse members() {
    Member self = Member.newBuilder().setName("n").addClientUrls("http://" + address()).build();
    return GetMembersResponse.newBuilder()
        .setHeader(header(membersAway))
        .setLeader(self)
        .setEtcdLeader(self)
        .addMembers(self)
        .build();
  }

  private record Outcome(int exit, String out, String err) {}

  private Outcome ctl(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of("ctl", "--pd", address()));
    all.addAll(List.of(args));
    int exit =
        Main.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(all.toArray(String[]::new));
    return new Outcome(exit, out.toString(), err.toString());
  }

  @Test
  void asksAgainWhileThereIsNoDriver() {
    membersAway.set(2);
    storesAway.set(2);
    Outcome outcome = ctl("cluster");
    assertThat(outcome.exit()).as(outcome::err).isZero();
    assertThat(outcome.out()).contains("http://" + address());
  }

  @Test
  void saysSoWhenTheTimeIsOver() {
    storesAway.set(Integer.MAX_VALUE);
    Outcome outcome = ctl("--timeout", "1", "cluster");
    assertThat(outcome.exit()).isEqualTo(3);
    assertThat(outcome.err()).isEqualTo("flotilla: placement driver: " + AWAY + "\n");
    assertThat(Integer.MAX_VALUE - storesAway.get()).isBetween(3, 6);
  }

  @Test
  void takesARefusalForAnAnswer() {
    refusal.set("a plugin says no");
    Outcome outcome = ctl("cluster");
    assertThat(outcome).isEqualTo(new Outcome(1, "", "flotilla: a plugin says no\n"));
    assertThat(storesAway).hasValue(-1);
  }

  /** Whether an order that failed was carried out is not known. */
  @Test
  void givesAnOrderOnce() {
    Outcome outcome = ctl("operator", "add", "add-peer", "2", "1");
    assertThat(outcome.exit()).isEqualTo(3);
    assertThat(outcome.err()).contains("no such thing");
    assertThat(orders).hasValue(1);
    kind = ErrorType.REFUSED;
    assertThat(ctl("operator", "add", "add-peer", "2", "1").exit()).isEqualTo(1);
  }
}
