package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.kvrpcpb.RawDeleteRequest;
import dev.flotilla.proto.kvrpcpb.RawGetRequest;
import dev.flotilla.proto.kvrpcpb.RawPutRequest;
import dev.flotilla.proto.kvrpcpb.RawPutResponse;
import dev.flotilla.proto.tikvpb.TikvGrpcClient;
import dev.flotilla.raftstore.store.Bootstrap;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that is to keep more of its disk free than is. */
class DiskFullTest {
  private static final ByteString KEY = ByteString.copyFromUtf8("k");

  @TempDir private Path data;

  private static RawPutResponse put(RunningNode node) throws Exception {
    return node.call(
        TikvGrpcClient.RawPut,
        RawPutRequest.newBuilder()
            .setContext(RunningNode.context())
            .setKey(KEY)
            .setValue(ByteString.copyFromUtf8("v"))
            .build());
  }

  @Test
  void takesNoNewDataButServesWhatIsThereAndDeletesIt() throws Exception {
    try (RunningNode node = RunningNode.start(data)) {
      assertThat(put(node).getRegionError().hasDiskFull()).isFalse();
    }
    // Others use the disk as well meanwhile, but hardly half of what is left or as much again.
    long reserve = 2 * Files.getFileStore(data).getUsableSpace();
    try (RunningNode node =
        RunningNode.start(
            RunningNode.onFreePort(data, Map.of("storage.reserve-bytes", reserve + "B")))) {
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(put(node).getRegionError().hasDiskFull()).isTrue());
      assertThat(node.metrics().lines()).contains("flotilla_store_disk_usage 1.0");
      assertThat(put(node).getRegionError().getDiskFull().getStoreIdList())
          .containsExactly(Bootstrap.STORE_ID);
      assertThat(
              node.call(
                      TikvGrpcClient.RawGet,
                      RawGetRequest.newBuilder()
                          .setContext(RunningNode.context())
                          .setKey(KEY)
                          .build())
                  .getValue()
                  .toStringUtf8())
          .isEqualTo("v");
      assertThat(
              node.call(
                      TikvGrpcClient.RawDelete,
                      RawDeleteRequest.newBuilder()
                          .setContext(RunningNode.context())
                          .setKey(KEY)
                          .build())
                  .getRegionError()
                  .hasDiskFull())
          .isFalse();
    }
  }
}
