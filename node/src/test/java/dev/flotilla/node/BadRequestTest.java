package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.engine.Keys;
import dev.flotilla.proto.errorpb.Error;
import dev.flotilla.proto.kvrpcpb.APIVersion;
import dev.flotilla.proto.kvrpcpb.Context;
import dev.flotilla.proto.kvrpcpb.KeyRange;
import dev.flotilla.proto.kvrpcpb.KvPair;
import dev.flotilla.proto.kvrpcpb.RawBatchGetRequest;
import dev.flotilla.proto.kvrpcpb.RawBatchPutRequest;
import dev.flotilla.proto.kvrpcpb.RawChecksumRequest;
import dev.flotilla.proto.kvrpcpb.RawChecksumResponse;
import dev.flotilla.proto.kvrpcpb.RawDeleteRangeRequest;
import dev.flotilla.proto.kvrpcpb.RawGetRequest;
import dev.flotilla.proto.kvrpcpb.RawPutRequest;
import dev.flotilla.proto.kvrpcpb.RawScanRequest;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.RegionEpoch;
import dev.flotilla.proto.pdpb.AllocIDRequest;
import dev.flotilla.proto.pdpb.GetMembersRequest;
import dev.flotilla.proto.pdpb.GetRegionByIDRequest;
import dev.flotilla.proto.pdpb.GetRegionRequest;
import dev.flotilla.proto.pdpb.GetStoreRequest;
import dev.flotilla.proto.pdpb.PDGrpcClient;
import dev.flotilla.proto.pdpb.RequestHeader;
import dev.flotilla.proto.pdpb.ScanRegionsRequest;
import dev.flotilla.proto.pdpb.ScanRegionsResponse;
import dev.flotilla.proto.tikvpb.TikvGrpcClient;
import dev.flotilla.raftstore.store.Bootstrap;
import io.vertx.grpc.common.GrpcStatus;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a client may get wrong is told in its own terms, and the node goes on. */
class BadRequestTest {
  @TempDir private static Path data;

  private static RunningNode node;

  @BeforeAll
  static void start() throws Exception {
    node = RunningNode.start(data);
  }

  @AfterAll
  static void stop() throws Exception {
    node.close();
  }

  static Stream<Arguments> wrongContexts() {
    return Stream.of(
        wrong("unknown region", context -> context.setRegionId(99), Error::hasRegionNotFound),
        wrong(
            "system region",
            context -> context.setRegionId(Bootstrap.SYSTEM_REGION_ID),
            Error::hasRegionNotFound),
        wrong(
            "older epoch",
            context -> context.setRegionEpoch(RegionEpoch.newBuilder().setConfVer(1)),
            Error::hasEpochNotMatch),
        wrong(
            "newer epoch",
            context -> context.setRegionEpoch(RegionEpoch.newBuilder().setConfVer(1).setVersion(7)),
            Error::hasEpochNotMatch),
        wrong(
            "other store",
            context -> context.setPeer(Peer.newBuilder().setId(3).setStoreId(8)),
            error ->
                error.getStoreNotMatch().getRequestStoreId() == 8
                    && error.getStoreNotMatch().getActualStoreId() == Bootstrap.STORE_ID));
  }

  private static Arguments wrong(
      String what, Consumer<Context.Builder> change, java.util.function.Predicate<Error> told) {
    return Arguments.of(what, change, told);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongContexts")
  void tellsWhatIsWrongWithTheRoute(
      String what, Consumer<Context.Builder> change, java.util.function.Predicate<Error> told)
      throws Exception {
    Context.Builder context = RunningNode.context();
    change.accept(context);
    Error onRead =
        node.call(
                TikvGrpcClient.RawGet,
                RawGetRequest.newBuilder().setContext(context).setKey(utf8("k")).build())
            .getRegionError();
    Error onWrite =
        node.call(TikvGrpcClient.RawPut, put(context, utf8("k"), utf8("v"))).getRegionError();
    assertThat(onRead).matches(told);
    assertThat(onWrite).matches(told);
  }

  @Test
  void showsTheLastRegionWithoutEnd() throws Exception {
    Context.Builder context =
        RunningNode.context().setRegionEpoch(RegionEpoch.newBuilder().setConfVer(1));
    Error error =
        node.call(TikvGrpcClient.RawPut, put(context, utf8("k"), utf8("v"))).getRegionError();
    assertThat(error.getEpochNotMatch().getCurrentRegionsList())
        .singleElement()
        .matches(region -> region.getEndKey().isEmpty());
  }

  @Test
  void keepsClientsOutOfTheReservedKeys() throws Exception {
    ByteString reserved = ByteString.copyFrom(Keys.reserved());
    Error error =
        node.call(TikvGrpcClient.RawPut, put(RunningNode.context(), reserved, utf8("v")))
            .getRegionError();
    assertThat(error.hasKeyNotInRegion()).isTrue();
    assertThat(error.getKeyNotInRegion().getEndKey()).isEqualTo(ByteString.EMPTY);
    assertThat(
            node.call(
                    TikvGrpcClient.RawDeleteRange,
                    RawDeleteRangeRequest.newBuilder()
                        .setContext(RunningNode.context())
                        .setEndKey(reserved.concat(utf8("x")))
                        .build())
                .hasRegionError())
        .isFalse();
    assertThat(header(node)).isNotZero();
  }

  @Test
  void refusesKeysAndEntriesThatAreTooLarge() throws Exception {
    ByteString key = ByteString.copyFrom(new byte[64 * 1024 + 1]);
    assertThat(node.status(TikvGrpcClient.RawPut, put(RunningNode.context(), key, utf8("v"))))
        .matches(status -> status.code() == GrpcStatus.INVALID_ARGUMENT)
        .matches(status -> status.message().contains("key is too long"));
    ByteString value = ByteString.copyFrom(new byte[9 << 20]);
    Error error =
        node.call(TikvGrpcClient.RawPut, put(RunningNode.context(), utf8("k"), value))
            .getRegionError();
    assertThat(error.getRaftEntryTooLarge().getEntrySize()).isGreaterThan(9 << 20);
    assertThat(error.getMessage()).endsWith("bytes, at most 8388608 (raftstore.entry-bytes-max)");
    ByteString message = ByteString.copyFrom(new byte[17 << 20]);
    assertThat(
            node.status(TikvGrpcClient.RawPut, put(RunningNode.context(), utf8("k"), message))
                .code())
        .isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED);
  }

  @Test
  void refusesReadsThatWouldFillTheMemory() throws Exception {
    ByteString key = utf8("large");
    node.call(
        TikvGrpcClient.RawPut,
        put(RunningNode.context(), key, ByteString.copyFrom(new byte[1 << 20])));
    RawBatchGetRequest often =
        RawBatchGetRequest.newBuilder()
            .setContext(RunningNode.context())
            .addAllKeys(Collections.nCopies(1500, key))
            .build();
    assertThat(node.status(TikvGrpcClient.RawBatchGet, often))
        .matches(status -> status.code() == GrpcStatus.INVALID_ARGUMENT)
        .matches(status -> status.message().contains("ask for less at a time"));
  }

  @Test
  void saysBusyWhenMoreIsInFlightThanFits(@TempDir Path other) throws Exception {
    try (RunningNode small =
        RunningNode.start(
            RunningNode.onFreePort(
                other,
                Map.of(
                    "server.message-bytes-max", "64MiB",
                    "server.in-flight-bytes-max", "16MiB")))) {
      ByteString value = ByteString.copyFrom(new byte[17 << 20]);
      Error error =
          small
              .call(TikvGrpcClient.RawPut, put(RunningNode.context(), utf8("k"), value))
              .getRegionError();
      assertThat(error.hasServerIsBusy()).isTrue();
      assertThat(
              small
                  .call(TikvGrpcClient.RawPut, put(RunningNode.context(), utf8("k"), utf8("v")))
                  .hasRegionError())
          .isFalse();
    }
  }

  @Test
  void refusesMalformedMessages() throws Exception {
    byte[] junk = {(byte) 0x0a, (byte) 0xff, (byte) 0xff, 1};
    assertThat(node.raw("tikvpb.Tikv", "RawPut", junk).code())
        .isEqualTo(GrpcStatus.INVALID_ARGUMENT);
    assertThat(node.raw("pdpb.PD", "GetRegion", junk).code())
        .isEqualTo(GrpcStatus.INVALID_ARGUMENT);
    assertThat(node.raw("tikvpb.Tikv", "KvGet", new byte[0]).code())
        .isEqualTo(GrpcStatus.UNIMPLEMENTED);
  }

  @Test
  void refusesOtherApiVersions() throws Exception {
    Context.Builder v2 = RunningNode.context().setApiVersion(APIVersion.V2);
    assertThat(
            node.call(
                    TikvGrpcClient.RawGet,
                    RawGetRequest.newBuilder().setContext(v2).setKey(utf8("k")).build())
                .getError())
        .contains("Api version in request does not match");
  }

  @Test
  void refusesScansWithoutSense() throws Exception {
    RawScanRequest scan =
        RawScanRequest.newBuilder().setContext(RunningNode.context()).setLimit(-1).build();
    assertThat(node.status(TikvGrpcClient.RawScan, scan))
        .matches(status -> status.code() == GrpcStatus.INVALID_ARGUMENT)
        .matches(status -> status.message().contains("scan limit"));
    RawBatchPutRequest ttls =
        RawBatchPutRequest.newBuilder()
            .setContext(RunningNode.context())
            .addPairs(KvPair.newBuilder().setKey(utf8("a")))
            .addPairs(KvPair.newBuilder().setKey(utf8("b")))
            .addPairs(KvPair.newBuilder().setKey(utf8("c")))
            .addTtls(1)
            .addTtls(2)
            .build();
    assertThat(node.status(TikvGrpcClient.RawBatchPut, ttls).code())
        .isEqualTo(GrpcStatus.INVALID_ARGUMENT);
  }

  @Test
  void refusesClientsOfAnotherCluster() throws Exception {
    AllocIDRequest request =
        AllocIDRequest.newBuilder().setHeader(RequestHeader.newBuilder().setClusterId(5)).build();
    assertThat(node.status(PDGrpcClient.AllocID, request))
        .matches(status -> status.code() == GrpcStatus.FAILED_PRECONDITION)
        .matches(status -> status.message().contains("mismatch cluster id"));
  }

  @Test
  void hidesTheSystemRegionFromRoutes() throws Exception {
    RequestHeader header = RequestHeader.newBuilder().setClusterId(header(node)).build();
    ScanRegionsResponse all =
        node.call(
            PDGrpcClient.ScanRegions,
            ScanRegionsRequest.newBuilder().setHeader(header).setLimit(100).build());
    assertThat(all.getRegionsList())
        .singleElement()
        .satisfies(
            region -> {
              Region shown = region.getRegion();
              assertThat(shown.getId()).isEqualTo(Bootstrap.USER_REGION_ID);
              assertThat(shown.getEndKey()).isEqualTo(ByteString.EMPTY);
            });
    assertThat(
            node.call(
                    PDGrpcClient.GetRegion,
                    GetRegionRequest.newBuilder()
                        .setHeader(header)
                        .setRegionKey(ByteString.copyFrom(Keys.reserved()))
                        .build())
                .hasRegion())
        .isFalse();
    assertThat(
            node.call(
                    PDGrpcClient.GetRegionByID,
                    GetRegionByIDRequest.newBuilder()
                        .setHeader(header)
                        .setRegionId(Bootstrap.SYSTEM_REGION_ID)
                        .build())
                .hasRegion())
        .isFalse();
  }

  @Test
  void tellsUnknownStoresByStatus() throws Exception {
    GetStoreRequest request =
        GetStoreRequest.newBuilder()
            .setHeader(RequestHeader.newBuilder().setClusterId(header(node)))
            .setStoreId(42)
            .build();
    assertThat(node.status(PDGrpcClient.GetStore, request))
        .matches(status -> status.code() == GrpcStatus.UNKNOWN)
        .matches(status -> status.message().contains("invalid store ID"));
  }

  @Test
  void givesIdsOnce() throws Exception {
    RequestHeader header = RequestHeader.newBuilder().setClusterId(header(node)).build();
    long last = 0;
    for (int i = 0; i < 1100; i++) {
      long id =
          node.call(PDGrpcClient.AllocID, AllocIDRequest.newBuilder().setHeader(header).build())
              .getId();
      assertThat(id).isGreaterThan(last);
      last = id;
    }
  }

  @Test
  void sumsUpRanges() throws Exception {
    node.call(TikvGrpcClient.RawPut, put(RunningNode.context(), utf8("sum1"), utf8("one")));
    node.call(TikvGrpcClient.RawPut, put(RunningNode.context(), utf8("sum2"), utf8("two")));
    RawChecksumResponse whole = checksum("sum1", "sum3");
    RawChecksumResponse first = checksum("sum1", "sum2");
    RawChecksumResponse second = checksum("sum2", "sum3");
    assertThat(whole.getTotalKvs()).isEqualTo(2);
    assertThat(whole.getTotalBytes()).isEqualTo(14);
    assertThat(whole.getChecksum()).isEqualTo(first.getChecksum() ^ second.getChecksum());
  }

  private static RawChecksumResponse checksum(String start, String end) throws Exception {
    return node.call(
        TikvGrpcClient.RawChecksum,
        RawChecksumRequest.newBuilder()
            .setContext(RunningNode.context())
            .addRanges(KeyRange.newBuilder().setStartKey(utf8(start)).setEndKey(utf8(end)))
            .build());
  }

  @Test
  void scansBackwards() throws Exception {
    for (String key : new String[] {"r1", "r2", "r3", "r4"}) {
      node.call(TikvGrpcClient.RawPut, put(RunningNode.context(), utf8(key), utf8("v")));
    }
    RawScanRequest scan =
        RawScanRequest.newBuilder()
            .setContext(RunningNode.context())
            .setStartKey(utf8("r4"))
            .setEndKey(utf8("r2"))
            .setReverse(true)
            .setLimit(10)
            .build();
    assertThat(node.call(TikvGrpcClient.RawScan, scan).getKvsList())
        .extracting(pair -> pair.getKey().toStringUtf8())
        .containsExactly("r3", "r2");
  }

  private static long header(RunningNode of) throws Exception {
    return of.call(PDGrpcClient.GetMembers, GetMembersRequest.getDefaultInstance())
        .getHeader()
        .getClusterId();
  }

  private static RawPutRequest put(Context.Builder context, ByteString key, ByteString value) {
    return RawPutRequest.newBuilder().setContext(context).setKey(key).setValue(value).build();
  }

  private static ByteString utf8(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
