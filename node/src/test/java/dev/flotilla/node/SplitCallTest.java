package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.Memcomparable;
import dev.flotilla.proto.kvrpcpb.Context;
import dev.flotilla.proto.kvrpcpb.SplitRegionRequest;
import dev.flotilla.proto.kvrpcpb.SplitRegionResponse;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.RegionEpoch;
import dev.flotilla.proto.pdpb.GetOperatorRequest;
import dev.flotilla.proto.pdpb.GetOperatorResponse;
import dev.flotilla.proto.pdpb.GetRegionRequest;
import dev.flotilla.proto.pdpb.OperatorStatus;
import dev.flotilla.proto.pdpb.PDGrpcClient;
import dev.flotilla.proto.pdpb.ScatterRegionRequest;
import dev.flotilla.proto.tikvpb.TikvGrpcClient;
import dev.flotilla.raftstore.store.Bootstrap;
import io.vertx.grpc.common.GrpcStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Regions cut at the wish of a client. */
class SplitCallTest {
  @TempDir private Path data;

  private RunningNode node;

  @BeforeEach
  void start() throws Exception {
    node = RunningNode.start(data);
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  private SplitRegionResponse split(Context.Builder context, ByteString... keys) throws Exception {
    return node.call(
        TikvGrpcClient.SplitRegion,
        SplitRegionRequest.newBuilder()
            .setContext(context)
            .addAllSplitKeys(List.of(keys))
            .setIsRawKv(true)
            .build());
  }

  private Region lookUp(ByteString key) throws Exception {
    return node.call(
            PDGrpcClient.GetRegion,
            GetRegionRequest.newBuilder().setHeader(node.pdHeader()).setRegionKey(key).build())
        .getRegion();
  }

  @Test
  void cutsInTwoAndTellsThePlacementDriverFirst() throws Exception {
    SplitRegionResponse response = split(RunningNode.context(), utf8("m"));
    assertThat(response.hasRegionError()).isFalse();
    assertThat(response.getRegionsList()).hasSize(2);
    Region left = response.getLeft();
    Region right = response.getRight();
    assertThat(response.getRegionsList()).containsExactly(left, right);
    assertThat(left.getStartKey()).isEqualTo(ByteString.EMPTY);
    assertThat(left.getEndKey()).isEqualTo(utf8("m"));
    assertThat(right.getStartKey()).isEqualTo(utf8("m"));
    assertThat(right.getEndKey()).isEqualTo(ByteString.EMPTY);
    assertThat(lookUp(utf8("a"))).isEqualTo(left);
    assertThat(lookUp(utf8("z"))).isEqualTo(right);
  }

  @Test
  void cutsInManyWhateverTheOrderOfKeys() throws Exception {
    List<ByteString> keys = new ArrayList<>();
    for (int i = 40; i > 0; i--) {
      keys.add(utf8(String.format("k%02d", i)));
    }
    keys.add(utf8("k07"));
    SplitRegionResponse response = split(RunningNode.context(), keys.toArray(new ByteString[0]));
    assertThat(response.getRegionsList()).hasSize(41);
    assertThat(response.hasLeft()).isFalse();
    for (Region region : response.getRegionsList()) {
      assertThat(lookUp(region.getStartKey())).isEqualTo(region);
    }
  }

  @Test
  void encodesTheKeysOfTransactions() throws Exception {
    SplitRegionResponse response =
        node.call(
            TikvGrpcClient.SplitRegion,
            SplitRegionRequest.newBuilder()
                .setContext(RunningNode.context())
                .setSplitKey(utf8("row"))
                .build());
    assertThat(response.getLeft().getEndKey())
        .isEqualTo(ByteString.copyFrom(Memcomparable.encode(utf8("row").toByteArray())));
  }

  @Test
  void refusesWhatDoesNotFitTheRegion() throws Exception {
    assertThat(
            split(
                    RunningNode.context()
                        .setRegionEpoch(RegionEpoch.newBuilder().setConfVer(1).setVersion(9)),
                    utf8("m"))
                .getRegionError()
                .hasEpochNotMatch())
        .isTrue();
    assertThat(
            split(RunningNode.context().setRegionId(Bootstrap.SYSTEM_REGION_ID), utf8("m"))
                .getRegionError()
                .hasRegionNotFound())
        .isTrue();
    assertThat(
            split(RunningNode.context(), ByteString.copyFrom(Keys.reserved()))
                .getRegionError()
                .getKeyNotInRegion()
                .getEndKey())
        .isEqualTo(ByteString.EMPTY);
    SplitRegionRequest atStart =
        SplitRegionRequest.newBuilder()
            .setContext(RunningNode.context())
            .addSplitKeys(ByteString.EMPTY)
            .setIsRawKv(true)
            .build();
    assertThat(node.status(TikvGrpcClient.SplitRegion, atStart).code())
        .isEqualTo(GrpcStatus.INVALID_ARGUMENT);
    assertThat(lookUp(utf8("a")).getId()).isEqualTo(Bootstrap.USER_REGION_ID);
  }

  @Test
  void leavesNothingToWaitForAfterAScatter() throws Exception {
    assertThat(
            node.call(
                    PDGrpcClient.ScatterRegion,
                    ScatterRegionRequest.newBuilder()
                        .setHeader(node.pdHeader())
                        .addRegionsId(Bootstrap.USER_REGION_ID)
                        .build())
                .getFinishedPercentage())
        .isEqualTo(100);
    GetOperatorResponse operator =
        node.call(
            PDGrpcClient.GetOperator,
            GetOperatorRequest.newBuilder()
                .setHeader(node.pdHeader())
                .setRegionId(Bootstrap.USER_REGION_ID)
                .build());
    assertThat(operator.getHeader().hasError()).isFalse();
    assertThat(operator.getStatus()).isEqualTo(OperatorStatus.SUCCESS);
    assertThat(operator.getDesc()).isEqualTo(ByteString.EMPTY);
  }

  private static ByteString utf8(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
