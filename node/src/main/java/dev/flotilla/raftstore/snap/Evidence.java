package dev.flotilla.raftstore.snap;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Engine;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.EngineSnapshot;
import dev.flotilla.engine.KeyRange;
import dev.flotilla.engine.Keys;
import dev.flotilla.proto.metapb.Region;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of the data of replicas that were found to be wrong, a folder each. Nothing here deletes
 * one: people do, when they have seen it. So that they cannot fill the disk, there are only so
 * many.
 */
final class Evidence {
  private static final Logger LOG = LoggerFactory.getLogger(Evidence.class);

  /** Copies beyond this are not made: the first tell most. */
  private static final int COPIES_MAX = 16;

  /** Written last, so that a copy that has it is whole. */
  private static final String VERDICT = "verdict.txt";

  private final Path folder;
  private final DiskRoom room;

  /**
   * @param room on the disk, which others take as well
   */
  Evidence(Path folder, DiskRoom room) {
    this.folder = folder;
    this.room = room;
  }

  /**
   * Copies the data of a replica as it is now, unless that was done before. A copy is for people,
   * and the store does without: when its folder cannot be written, or there is little room left for
   * it, that is logged and there is none.
   *
   * @throws EngineException when the data cannot be read, or no more be written
   */
  void keep(RegionTask.Keep task, Engine kv) {
    Region region = task.region();
    KeyRange range =
        Keys.dataRange(region.getStartKey().toByteArray(), region.getEndKey().toByteArray());
    Path copy = folder.resolve("region-" + region.getId() + "-peer-" + task.peerId());
    try {
      Files.createDirectories(folder);
      if (Files.exists(copy.resolve(VERDICT)) || (!Files.exists(copy) && isFull())) {
        return;
      }
      clear(copy);
      long bytes = kv.approximateBytes(range);
      if (!room.take(copy, bytes)) {
        giveUp(copy, "the disk has little room for " + bytes + " bytes");
        return;
      }
      try {
        copy(task, range, copy, kv);
      } finally {
        room.give(bytes);
      }
    } catch (IOException | UncheckedIOException e) {
      giveUp(copy, e.toString());
    }
  }

  /** First what people are to read: where that cannot be written, the engine need not try. */
  private static void copy(RegionTask.Keep task, KeyRange range, Path copy, Engine kv)
      throws IOException {
    Path verdict = SnapFile.temporary(copy.resolve(VERDICT));
    Files.writeString(
        verdict,
        "peer %d on store %d: %s%n%n%s"
            .formatted(task.peerId(), task.storeId(), task.why(), task.region()));
    SnapFile.sync(verdict);
    try (EngineSnapshot view = kv.snapshot()) {
      for (Cf cf : SnapFile.FAMILIES) {
        kv.export(view, cf, range, copy.resolve(cf.diskName() + ".sst"));
      }
    }
    Files.move(verdict, copy.resolve(VERDICT), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void giveUp(Path copy, String why) {
    LOG.warn("data found to be wrong is not copied to {}: {}", copy, why);
    try {
      if (Files.exists(copy)) {
        clear(copy);
        Files.delete(copy);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("a part of that copy stays: {}", e.toString());
    }
  }

  private boolean isFull() throws IOException {
    try (Stream<Path> copies = Files.list(folder)) {
      return copies.count() >= COPIES_MAX;
    }
  }

  private static void clear(Path copy) throws IOException {
    Files.createDirectories(copy);
    List<Path> leftovers;
    try (Stream<Path> files = Files.list(copy)) {
      leftovers = files.toList();
    }
    for (Path file : leftovers) {
      Files.delete(file);
    }
  }
}
