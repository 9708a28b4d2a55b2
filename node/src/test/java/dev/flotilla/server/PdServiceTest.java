package dev.flotilla.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.pd.PlacementDriver;
import dev.flotilla.pd.PlacementRules;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.pdpb.GetMembersRequest;
import dev.flotilla.proto.pdpb.GetMembersResponse;
import dev.flotilla.proto.pdpb.PDGrpcService;
import dev.flotilla.proto.pdpb.RequestHeader;
import dev.flotilla.proto.pdpb.ScanRegionsRequest;
import dev.flotilla.proto.pdpb.ScanRegionsResponse;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.SharedSnapshot;
import dev.flotilla.raftstore.StoppedClock;
import dev.flotilla.raftstore.store.Bootstrap;
import io.vertx.grpc.common.GrpcStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a driver that knows very many regions, or few of them, answers to other nodes. */
class PdServiceTest {
  private static final long CLUSTER = 11;
  private static final long TERM = 6;
  private static final int KEY_BYTES = 60_000;
  private static final int REGIONS = 200;
  private static final Region SYSTEM =
      Region.newBuilder()
          .setId(Bootstrap.SYSTEM_REGION_ID)
          .setStartKey(ByteString.copyFrom(Keys.reserved()))
          .build();

  private final SimEngine engine = SimEngine.kv();
  private final List<String> failures = new ArrayList<>();

  /** Regions of each answer; not more than that, or a failure would be told in megabytes. */
  private final List<Integer> answers = new ArrayList<>();

  private final PlacementDriver driver = driver();
  private final PdMethods methods = PdRelay.methodsOf(new DriverHere(() -> driver));

  private PlacementDriver driver() {
    return new PlacementDriver(
        CLUSTER,
        Store.newBuilder().setId(1).build(),
        this::onMsg,
        task -> {
          task.run();
          return true;
        },
        new StoppedClock(1, 1),
        new PlacementRules(1, 1, Long.MAX_VALUE, "", 1 << 20),
        (store, command) -> {});
  }

  private void reportAll() {
    driver.onReport(leads(SYSTEM));
    for (int i = 0; i < REGIONS; i++) {
      driver.onReport(
          leads(
              Region.newBuilder()
                  .setId(100 + i)
                  .setStartKey(i == 0 ? ByteString.EMPTY : key(i))
                  .setEndKey(i == REGIONS - 1 ? SYSTEM.getStartKey() : key(i + 1))
                  .build()));
    }
  }

  private static ByteString key(int number) {
    return ByteString.copyFromUtf8(String.format("%0" + KEY_BYTES + "d", number));
  }

  private static PlacementTask.Leads leads(Region region) {
    Peer leader = Peer.newBuilder().setId(region.getId() + 1).setStoreId(1).build();
    return new PlacementTask.Leads(
        region.toBuilder().addPeers(leader).build(), leader, TERM, 0, List.of(), List.of());
  }

  /** A store whose system region takes everything. */
  private boolean onMsg(Msg msg) {
    Msg.Command command = (Msg.Command) msg;
    if (command.request().getRequests(0).getCmdType() == CmdType.Snap) {
      command
          .callback()
          .readable(new ReadGrant(new SharedSnapshot(engine.snapshot()), SYSTEM, TERM, 0));
    } else {
      command.callback().done(RaftCmdResponse.getDefaultInstance());
    }
    return true;
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private void scan(int limit) {
    ScanRegionsRequest request =
        ScanRegionsRequest.newBuilder()
            .setHeader(RequestHeader.newBuilder().setClusterId(CLUSTER))
            .setLimit(limit)
            .build();
    ask(
        PDGrpcService.ScanRegions.fullMethodName(),
        request,
        ScanRegionsResponse.parser(),
        found -> {
          assertThat(found.getRegionMetasCount()).isEqualTo(found.getRegionsCount());
          assertThat(found.getLeadersCount()).isEqualTo(found.getRegionsCount());
          answers.add(found.getRegionsCount());
        });
  }

  private <R> void ask(String method, MessageLite request, Parser<R> parser, Consumer<R> answer) {
    methods.onRelayed(
        method,
        request.toByteArray(),
        new PdReply<>() {
          @Override
          public void done(byte[] response) {
            try {
              answer.accept(parser.parseFrom(response));
            } catch (InvalidProtocolBufferException e) {
              throw new AssertionError(e);
            }
          }

          @Override
          public void fail(GrpcStatus status, String message) {
            failures.add(status.name() + ": " + message);
          }
        });
  }

  private GetMembersResponse members() {
    List<GetMembersResponse> members = new ArrayList<>();
    ask(
        PDGrpcService.GetMembers.fullMethodName(),
        GetMembersRequest.getDefaultInstance(),
        GetMembersResponse.parser(),
        members::add);
    return members.get(0);
  }

  /** A region that is without a leader for longer must not keep clients from the others. */
  @Test
  void aDriverLeadsBeforeItKnowsOfEveryRegion() {
    assertThat(members().hasLeader()).isFalse();
    driver.onReport(leads(SYSTEM));
    assertThat(members().getLeader().getName()).isEqualTo("store-1");
    assertThat(members().hasEtcdLeader()).isFalse();
    reportAll();
    assertThat(members().getEtcdLeader()).isEqualTo(members().getLeader());
  }

  /** A part of them would be taken for all. */
  @Test
  void moreRegionsThanFitIntoAnAnswerAreRefused() {
    reportAll();
    scan(0);
    scan(REGIONS);
    assertThat(answers).isEmpty();
    assertThat(failures)
        .hasSize(2)
        .containsOnly(
            "RESOURCE_EXHAUSTED: the regions asked for are more than 16MiB: ask for fewer, with a"
                + " limit");
    scan(60);
    assertThat(answers).containsExactly(60);
  }
}
