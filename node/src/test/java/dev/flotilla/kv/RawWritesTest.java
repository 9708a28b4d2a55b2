package dev.flotilla.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.kvrpcpb.KvPair;
import dev.flotilla.proto.kvrpcpb.RawBatchDeleteRequest;
import dev.flotilla.proto.kvrpcpb.RawBatchPutRequest;
import dev.flotilla.proto.kvrpcpb.RawCASRequest;
import dev.flotilla.proto.kvrpcpb.RawDeleteRangeRequest;
import dev.flotilla.proto.kvrpcpb.RawDeleteRequest;
import dev.flotilla.proto.kvrpcpb.RawPutRequest;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.CompareAndSwapRequest;
import dev.flotilla.proto.raft_cmdpb.DeleteRangeRequest;
import dev.flotilla.proto.raft_cmdpb.DeleteRequest;
import dev.flotilla.proto.raft_cmdpb.PutRequest;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.raftstore.Refusal;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RawWritesTest {
  private static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static RawBatchPutRequest batch(long ttl, List<Long> ttls) {
    return RawBatchPutRequest.newBuilder()
        .setCf("write")
        .addPairs(KvPair.newBuilder().setKey(text("a")).setValue(text("1")))
        .addPairs(KvPair.newBuilder().setKey(text("b")).setValue(text("2")))
        .addPairs(KvPair.newBuilder().setKey(text("c")).setValue(text("3")))
        .setTtl(ttl)
        .addAllTtls(ttls)
        .build();
  }

  static Stream<Arguments> ttls() {
    return Stream.of(
        Arguments.of("none", 0L, List.of(), List.of(0L, 0L, 0L)),
        Arguments.of("the old field, for all", 7L, List.of(), List.of(7L, 7L, 7L)),
        Arguments.of("one for all", 0L, List.of(5L), List.of(5L, 5L, 5L)),
        Arguments.of("one for each", 0L, List.of(1L, 0L, 3L), List.of(1L, 0L, 3L)),
        Arguments.of("the new field wins", 7L, List.of(0L), List.of(0L, 0L, 0L)));
  }

  @ParameterizedTest
  @MethodSource("ttls")
  void timeToLiveIsOneForAllOrOneForEach(
      String name, long ttl, List<Long> ttls, List<Long> expected) {
    assertThat(RawWrites.batchPut(batch(ttl, ttls)))
        .as(name)
        .extracting(request -> request.getPut().getTtlSeconds())
        .containsExactlyElementsOf(expected);
  }

  static Stream<List<Long>> wrongTtls() {
    return Stream.of(List.of(1L, 2L), List.of(1L, 2L, 3L, 4L));
  }

  @ParameterizedTest
  @MethodSource("wrongTtls")
  void refusesAnyOtherNumberOfTimesToLive(List<Long> ttls) {
    assertThatThrownBy(() -> RawWrites.batchPut(batch(0, ttls)))
        .isInstanceOf(Refusal.Invalid.class)
        .hasMessageContaining(ttls.size() + " times to live for 3 pairs");
  }

  @Test
  void batchPutKeepsOrderAndFamily() {
    assertThat(RawWrites.batchPut(batch(0, List.of())))
        .extracting(Request::getPut)
        .extracting(
            put -> put.getCf() + put.getKey().toStringUtf8() + put.getValue().toStringUtf8())
        .containsExactly("writea1", "writeb2", "writec3");
  }

  @Test
  void putCarriesEverything() {
    assertThat(
            RawWrites.put(
                RawPutRequest.newBuilder()
                    .setCf("lock")
                    .setKey(text("k"))
                    .setValue(text("v"))
                    .setTtl(9)
                    .build()))
        .containsExactly(
            Request.newBuilder()
                .setCmdType(CmdType.Put)
                .setPut(
                    PutRequest.newBuilder()
                        .setCf("lock")
                        .setKey(text("k"))
                        .setValue(text("v"))
                        .setTtlSeconds(9))
                .build());
  }

  @Test
  void deletesCarryEverything() {
    Request expected =
        Request.newBuilder()
            .setCmdType(CmdType.Delete)
            .setDelete(DeleteRequest.newBuilder().setCf("lock").setKey(text("k")))
            .build();
    assertThat(
            RawWrites.delete(RawDeleteRequest.newBuilder().setCf("lock").setKey(text("k")).build()))
        .containsExactly(expected);
    assertThat(
            RawWrites.batchDelete(
                RawBatchDeleteRequest.newBuilder()
                    .setCf("lock")
                    .addKeys(text("k"))
                    .addKeys(text("k"))
                    .build()))
        .containsExactly(expected, expected);
    assertThat(
            RawWrites.deleteRange(
                RawDeleteRangeRequest.newBuilder()
                    .setCf("lock")
                    .setStartKey(text("a"))
                    .setEndKey(text("b"))
                    .build()))
        .containsExactly(
            Request.newBuilder()
                .setCmdType(CmdType.DeleteRange)
                .setDeleteRange(
                    DeleteRangeRequest.newBuilder()
                        .setCf("lock")
                        .setStartKey(text("a"))
                        .setEndKey(text("b")))
                .build());
  }

  @Test
  void swapCarriesEverything() {
    assertThat(
            RawWrites.compareAndSwap(
                RawCASRequest.newBuilder()
                    .setCf("lock")
                    .setKey(text("k"))
                    .setValue(text("v"))
                    .setPreviousValue(text("p"))
                    .setPreviousNotExist(true)
                    .setTtl(9)
                    .build()))
        .containsExactly(
            Request.newBuilder()
                .setCmdType(CmdType.CompareAndSwap)
                .setCompareAndSwap(
                    CompareAndSwapRequest.newBuilder()
                        .setCf("lock")
                        .setKey(text("k"))
                        .setValue(text("v"))
                        .setPreviousValue(text("p"))
                        .setPreviousNotExist(true)
                        .setTtlSeconds(9))
                .build());
  }
}
