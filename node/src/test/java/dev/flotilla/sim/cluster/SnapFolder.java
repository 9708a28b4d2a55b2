package dev.flotilla.sim.cluster;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.flotilla.raftstore.snap.SnapKey;
import dev.flotilla.raftstore.snap.SnapManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** A machine's folder of snapshots, in memory. */
final class SnapFolder {
  private final FileSystem files = Jimfs.newFileSystem(Configuration.unix());
  private final Path folder = files.getPath("/snap");

  SnapManager open() {
    return new SnapManager(folder);
  }

  /** Whatever is not whole was not synced either: it may be cut short or be gone. */
  void losePower(Dice dice) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> list = Files.list(folder)) {
      List<Path> there = list.sorted().toList();
      for (Path file : there) {
        String name = file.getFileName().toString();
        if (!name.endsWith(".meta") && !isWhole(name, there)) {
          if (dice.chance(0.5)) {
            Files.delete(file);
          } else {
            byte[] bytes = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(bytes, dice.below(bytes.length + 1)));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isWhole(String name, List<Path> there) {
    int end = name.lastIndexOf('_');
    String meta = (end < 0 ? name : name.substring(0, end)) + ".meta";
    return there.stream().anyMatch(path -> path.getFileName().toString().equals(meta));
  }

  /** How the files of a snapshot may turn out. */
  enum Damage {
    MISSING,
    CHANGED,
    SHORTER,
    EMPTY;

    private void doTo(Path file, Dice dice) throws IOException {
      byte[] bytes = Files.readAllBytes(file);
      if (this == MISSING) {
        Files.delete(file);
      } else if (this == EMPTY || bytes.length == 0) {
        Files.write(file, new byte[0]);
      } else if (this == SHORTER) {
        Files.write(file, Arrays.copyOf(bytes, dice.below(bytes.length)));
      } else {
        bytes[dice.below(bytes.length)] ^= (byte) (1 << dice.below(8));
        Files.write(file, bytes);
      }
    }
  }

  /** Does something to one file of a snapshot that was received, if it is here. */
  void damage(SnapKey key, Dice dice) {
    List<String> whole =
        names().stream().filter(name -> name.matches("rev_" + key + "[_.].*")).toList();
    if (!whole.isEmpty()) {
      try {
        dice.pick(List.of(Damage.values())).doTo(folder.resolve(dice.pick(whole)), dice);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** What was kept of replicas that went out of service. */
  List<String> evidence() {
    Path kept = folder.resolveSibling("quarantine");
    if (!Files.exists(kept)) {
      return List.of("none");
    }
    try (Stream<Path> all = Files.walk(kept, 2)) {
      return all.filter(Files::isRegularFile)
          .map(file -> kept.relativize(file).toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Names of all files. */
  List<String> names() {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> list = Files.list(folder)) {
      return list.map(path -> path.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
