package dev.flotilla.raftstore.snap;

import dev.flotilla.engine.EngineOpenException;
import dev.flotilla.raftstore.Invariants;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder of snapshots, and who is at work on which. Thread-safe.
 *
 * <p>Invariant: files of a snapshot that someone uses are not deleted.
 */
public final class SnapManager {
  /** What a snapshot is being used for. */
  public enum Use {
    BUILDING,
    SENDING,
    RECEIVING,
    INSTALLING;

    /** Whether the snapshot was made here, to be sent. */
    boolean isOwn() {
      return this == BUILDING || this == SENDING;
    }
  }

  /**
   * A snapshot in the folder that nobody uses.
   *
   * @param own whether it was built here
   */
  public record Idle(SnapKey key, boolean own) implements Comparable<Idle> {
    @Override
    public int compareTo(Idle other) {
      return toString().compareTo(other.toString());
    }
  }

  private static final Pattern NAME = Pattern.compile("(gen|rev)_(\\d+)_(\\d+)_(\\d+)[_.].*");

  private final Path folder;
  private final DiskRoom room = new DiskRoom();
  private final Map<SnapKey, Map<Use, Integer>> uses = new HashMap<>();

  /**
   * Opens the folder, creating it, and removes what a crash has left half made.
   *
   * @throws EngineOpenException when that cannot be done
   */
  public SnapManager(Path folder) {
    this.folder = folder;
    try {
      Files.createDirectories(folder);
      for (Path file : list()) {
        if (file.toString().endsWith(SnapFile.TEMPORARY)) {
          Files.delete(file);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      throw new EngineOpenException(
          EngineOpenException.Reason.UNWRITABLE,
          folder,
          "folder of snapshots " + folder + " cannot be used: " + e,
          e);
    }
  }

  private List<Path> list() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  /** Where copies of what is wrong are kept. */
  Evidence evidence() {
    return new Evidence(folder.resolveSibling("quarantine"), room);
  }

  SnapFile file(SnapKey key, Use use) {
    return new SnapFile(folder, (use.isOwn() ? "gen_" : "rev_") + key);
  }

  /** Someone begins; to be followed by {@link #end}. */
  public synchronized void begin(SnapKey key, Use use) {
    uses.computeIfAbsent(key, unused -> new EnumMap<>(Use.class)).merge(use, 1, Integer::sum);
  }

  /** Begins if nobody does the same; returns whether it did. */
  public synchronized boolean tryBegin(SnapKey key, Use use) {
    Map<Use, Integer> now = uses.get(key);
    if (now != null && now.containsKey(use)) {
      return false;
    }
    begin(key, use);
    return true;
  }

  /** Someone is done. */
  public synchronized void end(SnapKey key, Use use) {
    Map<Use, Integer> now = Invariants.present(uses.get(key), "snapshot that nobody uses");
    now.merge(use, -1, (count, less) -> count + less == 0 ? null : count + less);
    if (now.isEmpty()) {
      uses.remove(key);
    }
  }

  /** Whether a snapshot that came from elsewhere is here, whole. */
  public boolean isReceived(SnapKey key) {
    return file(key, Use.RECEIVING).readMeta() != null;
  }

  /** Snapshots being built or sent. */
  public synchronized int sending() {
    return count(true);
  }

  /** Snapshots being received or installed. */
  public synchronized int receiving() {
    return count(false);
  }

  private int count(boolean own) {
    int count = 0;
    for (Map<Use, Integer> now : uses.values()) {
      if (now.keySet().stream().anyMatch(use -> use.isOwn() == own)) {
        count++;
      }
    }
    return count;
  }

  /** Snapshots that nobody uses, in a fixed order. */
  public synchronized List<Idle> idle() {
    Set<Idle> found = new TreeSet<>();
    try {
      for (Path file : list()) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (name.matches()) {
          SnapKey key =
              new SnapKey(
                  Long.parseLong(name.group(2)),
                  Long.parseLong(name.group(3)),
                  Long.parseLong(name.group(4)));
          if (!uses.containsKey(key)) {
            found.add(new Idle(key, name.group(1).equals("gen")));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("folder of snapshots " + folder + " cannot be read", e);
    }
    return new ArrayList<>(found);
  }

  /** Deletes a snapshot unless someone has begun to use it; returns whether it is gone. */
  public synchronized boolean delete(Idle idle) {
    if (uses.containsKey(idle.key())) {
      return false;
    }
    file(idle.key(), idle.own() ? Use.SENDING : Use.INSTALLING).delete();
    return true;
  }

  /**
   * Promises room for files of so many bytes, and tells whether the disk has as much, besides what
   * is promised already, and as much again for the engines. If so, {@link #giveRoom} must follow.
   */
  boolean takeRoom(long bytes) {
    return room.take(folder, bytes);
  }

  /** So many bytes of what was promised are written, or will not be. */
  void giveRoom(long bytes) {
    room.give(bytes);
  }

  /** Bytes of all files. */
  public long bytes() {
    long bytes = 0;
    try {
      for (Path file : list()) {
        bytes += Files.size(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("folder of snapshots " + folder + " cannot be read", e);
    }
    return bytes;
  }
}
