package dev.flotilla.raftstore.snap;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Engine;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.EngineSnapshot;
import dev.flotilla.engine.KeyRange;
import dev.flotilla.engine.Keys;
import dev.flotilla.proto.metapb.Region;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Copies of the data of replicas that were found to be wrong, a folder each. Nothing here deletes
 * one: people do, when they have seen it. So that they cannot fill the disk, there are only so
 * many.
 */
final class Evidence {
  /** Copies beyond this are not made: the first tell most. */
  private static final int COPIES_MAX = 16;

  /** Written last, so that a copy that has it is whole. */
  private static final String VERDICT = "verdict.txt";

  private final Path folder;

  Evidence(Path folder) {
    this.folder = folder;
  }

  /** Copies the data of a replica as it is now, unless that was done before. */
  void keep(RegionTask.Keep task, Engine kv) {
    Region region = task.region();
    Path copy = folder.resolve("region-" + region.getId() + "-peer-" + task.peerId());
    try {
      Files.createDirectories(folder);
      if (Files.exists(copy.resolve(VERDICT)) || (!Files.exists(copy) && isFull())) {
        return;
      }
      clear(copy);
      KeyRange range =
          Keys.dataRange(region.getStartKey().toByteArray(), region.getEndKey().toByteArray());
      try (EngineSnapshot view = kv.snapshot()) {
        for (Cf cf : SnapFile.FAMILIES) {
          kv.export(view, cf, range, copy.resolve(cf.diskName() + ".sst"));
        }
      }
      Path verdict = SnapFile.temporary(copy.resolve(VERDICT));
      Files.writeString(
          verdict,
          "peer %d on store %d: %s%n%n%s"
              .formatted(task.peerId(), task.storeId(), task.why(), region));
      SnapFile.sync(verdict);
      Files.move(verdict, copy.resolve(VERDICT), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new EngineException("evidence " + copy + " cannot be kept", e);
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
