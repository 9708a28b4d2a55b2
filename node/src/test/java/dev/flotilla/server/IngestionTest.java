package dev.flotilla.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.kv.RawKv;
import dev.flotilla.kv.RegionSplits;
import dev.flotilla.proto.import_sstpb.Pair;
import dev.flotilla.proto.import_sstpb.RawWriteBatch;
import dev.flotilla.proto.import_sstpb.SSTMeta;
import dev.flotilla.proto.kvrpcpb.Context;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.SharedSnapshot;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files on their way into a store that takes its time. */
class IngestionTest {
  private static final Duration COMMAND = Duration.ofMinutes(6);

  @TempDir private Path path;

  private final Vertx vertx = Vertx.vertx();
  private final SimEngine engine = SimEngine.kv();
  private final HandClock clock = new HandClock();
  private final AtomicInteger writes = new AtomicInteger();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
    engine.close();
  }

  private static SSTMeta write(ImportFolder folder, int number) throws IOException {
    ByteString uuid = ByteString.copyFromUtf8(String.format("%016d", number));
    Pair pair = Pair.newBuilder().setKey(uuid).setValue(uuid).build();
    try (ImportWriter writer =
        new ImportWriter(folder, SSTMeta.newBuilder().setUuid(uuid).setRegionId(2).build())) {
      writer.write(RawWriteBatch.newBuilder().addPairs(pair).build());
      return Objects.requireNonNull(writer.finish());
    }
  }

  /** Each command takes six minutes, and meanwhile files that nobody wants are deleted. */
  private boolean onMsg(Msg msg, ImportFolder folder) {
    Msg.Command command = (Msg.Command) msg;
    if (command.request().getRequests(0).getCmdType() == CmdType.Snap) {
      command
          .callback()
          .readable(
              new ReadGrant(
                  new SharedSnapshot(engine.snapshot()), Region.getDefaultInstance(), 6, 0));
    } else {
      writes.incrementAndGet();
      clock.advance(COMMAND);
      folder.dropOld();
      command.callback().done(RaftCmdResponse.getDefaultInstance());
    }
    return true;
  }

  @Test
  void filesAreKeptForAsLongAsTheirTurnTakesToCome() throws Exception {
    ImportFolder folder = new ImportFolder(path, 4096, () -> true, clock);
    folder.open();
    List<SSTMeta> files = new ArrayList<>();
    for (int number = 0; number < 4; number++) {
      files.add(write(folder, number));
    }
    RawKv kv =
        new RawKv(
            msg -> onMsg(msg, folder), task -> true, CoprocessorHost.withBuiltIns(), clock, 4096);
    CompletableFuture<Optional<@Nullable Refusal>> ended = new CompletableFuture<>();
    io.vertx.core.Context loop = vertx.getOrCreateContext();
    loop.runOnContext(
        ignored ->
            new Ingestion(folder, kv, vertx, loop, Context.getDefaultInstance(), files)
                .run(
                    new RegionSplits(msg -> onMsg(msg, folder)),
                    refusal -> ended.complete(Optional.ofNullable(refusal)),
                    () -> false));
    assertThat(ended.get(10, TimeUnit.SECONDS)).isEmpty();
    assertThat(writes).hasValue(4);
  }
}
