package dev.flotilla.server;

import com.google.protobuf.ByteString;
import dev.flotilla.kv.RawKv;
import dev.flotilla.kv.RegionSplits;
import dev.flotilla.kv.Reply;
import dev.flotilla.proto.import_sstpb.Pair;
import dev.flotilla.proto.import_sstpb.SSTMeta;
import dev.flotilla.proto.kvrpcpb.Context;
import dev.flotilla.proto.kvrpcpb.KvPair;
import dev.flotilla.proto.kvrpcpb.RawBatchDeleteRequest;
import dev.flotilla.proto.kvrpcpb.RawBatchDeleteResponse;
import dev.flotilla.proto.kvrpcpb.RawBatchPutRequest;
import dev.flotilla.proto.kvrpcpb.RawBatchPutResponse;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Regions;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files of one request on their way through the raft log, one command after the other. */
final class Ingestion {
  private static final Logger LOG = LoggerFactory.getLogger(Ingestion.class);

  private final ImportFolder folder;
  private final RawKv kv;
  private final Vertx vertx;
  private final io.vertx.core.Context loop;
  private final Context context;
  private final List<SSTMeta> files;
  private final Map<ByteString, ImportFolder.Held> held = new HashMap<>();
  private Consumer<@Nullable Refusal> ended = refusal -> {};
  private BooleanSupplier abandoned = () -> false;
  private int next;

  /** Set and closed by blocking calls, one at a time. */
  private volatile @Nullable ImportReader reader;

  Ingestion(
      ImportFolder folder,
      RawKv kv,
      Vertx vertx,
      io.vertx.core.Context loop,
      Context context,
      List<SSTMeta> files) {
    this.folder = folder;
    this.kv = kv;
    this.vertx = vertx;
    this.loop = loop;
    this.context = context;
    this.files = files;
  }

  /**
   * Takes all files in, or none when a key of any is not of the region. Event loop.
   *
   * @param end called once on the event loop, with null when all pairs are applied
   * @param isAbandoned whether nobody waits any more
   */
  void run(RegionSplits regions, Consumer<@Nullable Refusal> end, BooleanSupplier isAbandoned) {
    ended = end;
    abandoned = isAbandoned;
    for (SSTMeta file : files) {
      ImportFolder.Held found = folder.find(file.getUuid());
      if (found == null) {
        ended.accept(new Refusal.Invalid("no file was sent under this uuid, or too long ago"));
        return;
      }
      if (file.getCrc32() != 0 && file.getCrc32() != found.crc32()) {
        ended.accept(new Refusal.Invalid("the file that was sent has another checksum"));
        return;
      }
      held.put(file.getUuid(), found);
    }
    regions.find(
        context,
        onLoop(
            region -> {
              check(region);
              step();
            }));
  }

  private void check(Region region) {
    for (ImportFolder.Held file : held.values()) {
      Regions.checkKey(file.low(), region);
      Regions.checkKey(file.high(), region);
    }
  }

  /** Reads what comes next and has it written. */
  private void step() {
    if (abandoned.getAsBoolean()) {
      end(new Refusal.StaleCommand());
      return;
    }
    vertx
        .<ImportReader.@Nullable Chunk>executeBlocking(this::read, false)
        .onComplete(
            chunk -> {
              if (chunk == null) {
                end(null);
              } else {
                write(chunk);
              }
            },
            failure -> {
              LOG.warn("a file of pairs cannot be read", failure);
              end(new Refusal.Invalid("the file that was sent cannot be read"));
            });
  }

  private ImportReader.@Nullable Chunk read() throws IOException {
    // Those whose turn comes later would grow old meanwhile.
    held.values().forEach(folder::want);
    while (true) {
      ImportReader open = reader;
      if (open != null) {
        ImportReader.Chunk chunk = open.next();
        if (chunk != null) {
          return chunk;
        }
        reader = null;
        open.close();
      }
      if (next == files.size()) {
        return null;
      }
      ImportFolder.Held file = held.get(files.get(next).getUuid());
      next++;
      if (file != null) {
        reader = new ImportReader(file, folder.chunkBytes());
      }
    }
  }

  private void write(ImportReader.Chunk chunk) {
    if (chunk.op() == Pair.OP.Delete) {
      RawBatchDeleteRequest.Builder deletes =
          RawBatchDeleteRequest.newBuilder().setContext(context);
      chunk.pairs().forEach(pair -> deletes.addKeys(pair.getKey()));
      Reply<RawBatchDeleteResponse> reply = onLoop(done -> step());
      kv.batchDelete(deletes.build(), reply);
      return;
    }
    RawBatchPutRequest.Builder puts =
        RawBatchPutRequest.newBuilder().setContext(context).addTtls(chunk.ttlSeconds());
    for (Pair pair : chunk.pairs()) {
      puts.addPairs(KvPair.newBuilder().setKey(pair.getKey()).setValue(pair.getValue()));
    }
    Reply<RawBatchPutResponse> reply = onLoop(done -> step());
    kv.batchPut(puts.build(), reply);
  }

  /** A reply that goes on here, on the event loop. */
  private <R> Reply<R> onLoop(Consumer<R> then) {
    return new Reply<>() {
      @Override
      public void done(R response) {
        loop.runOnContext(
            ignored -> {
              try {
                then.accept(response);
              } catch (Refusal refusal) {
                end(refusal);
              }
            });
      }

      @Override
      public void refused(Refusal refusal) {
        loop.runOnContext(ignored -> end(refusal));
      }
    };
  }

  /** What was taken in is not needed any more; what was refused may be asked for again. */
  private void end(@Nullable Refusal refusal) {
    vertx
        .executeBlocking(
            () -> {
              ImportReader open = reader;
              if (open != null) {
                reader = null;
                open.close();
              }
              if (refusal == null) {
                held.forEach(folder::drop);
              }
              return true;
            },
            false)
        .onFailure(failure -> LOG.warn("a file of pairs stays", failure));
    ended.accept(refusal);
  }
}
