package dev.flotilla.raftstore.snap;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineException;
import dev.flotilla.proto.raft_serverpb.SnapshotCFFile;
import dev.flotilla.proto.raft_serverpb.SnapshotMeta;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The files of one snapshot: one for each column family that has data, and {@code .meta}, which is
 * written last, so that a snapshot with a meta file is whole.
 */
final class SnapFile {
  /** Families that hold users' data, in the order in which they are sent. */
  static final List<Cf> FAMILIES = List.of(Cf.DEFAULT, Cf.LOCK, Cf.WRITE);

  static final String META = ".meta";
  static final String TEMPORARY = ".tmp";

  private final Path folder;
  private final String name;

  /** Bytes of the files that {@code meta} describes. */
  static long bytes(SnapshotMeta meta) {
    long bytes = 0;
    for (SnapshotCFFile file : meta.getCfFilesList()) {
      bytes += file.getSize();
    }
    return bytes;
  }

  /**
   * @param name without extensions
   */
  SnapFile(Path folder, String name) {
    this.folder = folder;
    this.name = name;
  }

  Path family(Cf cf) {
    return folder.resolve(name + "_" + cf.diskName() + ".sst");
  }

  private Path meta() {
    return folder.resolve(name + META);
  }

  static Path temporary(Path file) {
    return file.resolveSibling(file.getFileName() + TEMPORARY);
  }

  /**
   * What the snapshot consists of, or null when it is not whole. One whose description is damaged
   * is as good as none: it is built or sent again.
   *
   * @throws EngineException when the disk does not let it be read
   */
  @Nullable SnapshotMeta readMeta() {
    try {
      if (!Files.exists(meta())) {
        return null;
      }
      SnapshotMeta meta = SnapshotMeta.parseFrom(Files.readAllBytes(meta()));
      Set<Cf> families = EnumSet.noneOf(Cf.class);
      for (SnapshotCFFile file : meta.getCfFilesList()) {
        Cf cf = familyOf(file);
        families.add(cf);
        if (file.getSize() > 0 && !Files.exists(family(cf))) {
          return null;
        }
      }
      return families.containsAll(FAMILIES) ? meta : null;
    } catch (InvalidProtocolBufferException | IllegalArgumentException damaged) {
      return null;
    } catch (IOException e) {
      throw new EngineException("snapshot " + name + " cannot be read", e);
    }
  }

  /**
   * Whether every file is there, and as {@code meta} says, to the last bit.
   *
   * @throws UncheckedIOException when one cannot be read
   */
  boolean matches(SnapshotMeta meta) {
    try {
      for (SnapshotCFFile file : meta.getCfFilesList()) {
        if (damage(family(familyOf(file)), file) != null) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException("snapshot " + name + " cannot be read", e);
    }
  }

  /**
   * What is wrong with a snapshot that was whole once, in words, or null when all of it is as it
   * was described, to the last bit. What cannot be read is wrong as well.
   */
  @Nullable String damage() {
    try {
      if (!Files.exists(meta())) {
        return meta().getFileName() + " is missing";
      }
      Set<Cf> families = EnumSet.noneOf(Cf.class);
      for (SnapshotCFFile file :
          SnapshotMeta.parseFrom(Files.readAllBytes(meta())).getCfFilesList()) {
        Cf cf = familyOf(file);
        families.add(cf);
        String damage = damage(family(cf), file);
        if (damage != null) {
          return damage;
        }
      }
      // The description has no checksum: of a part of it an empty region could be made.
      return families.containsAll(FAMILIES) ? null : meta().getFileName() + " is cut short";
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      return meta().getFileName() + " does not describe a snapshot";
    } catch (IOException e) {
      return "it cannot be read: " + e;
    }
  }

  private static @Nullable String damage(Path path, SnapshotCFFile described) throws IOException {
    if (!Files.exists(path)) {
      return described.getSize() == 0 ? null : path.getFileName() + " is missing";
    }
    if (Files.size(path) != described.getSize() || described.getSize() == 0) {
      return "%s has %d bytes in place of %d"
          .formatted(path.getFileName(), Files.size(path), described.getSize());
    }
    return checksum(path) == described.getChecksum()
        ? null
        : path.getFileName() + " has another checksum";
  }

  static Cf familyOf(SnapshotCFFile file) {
    return Cf.of(file.getCf())
        .filter(FAMILIES::contains)
        .orElseThrow(
            () -> new IllegalArgumentException("snapshot of an unknown family " + file.getCf()));
  }

  /** Describes a file that is complete; an absent one stands for an empty family. */
  SnapshotCFFile describe(Cf cf) throws IOException {
    SnapshotCFFile.Builder file = SnapshotCFFile.newBuilder().setCf(cf.diskName());
    Path path = family(cf);
    if (Files.exists(path)) {
      file.setSize(Files.size(path)).setChecksum(checksum(path));
    }
    return file.build();
  }

  private static int checksum(Path path) throws IOException {
    CRC32 crc = new CRC32();
    byte[] buffer = new byte[64 * 1024];
    try (InputStream in = Files.newInputStream(path)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        crc.update(buffer, 0, read);
      }
    }
    return (int) crc.getValue();
  }

  /** Makes the snapshot whole: durable files first, then the meta file, then their names. */
  void complete(SnapshotMeta meta) throws IOException {
    for (Cf cf : FAMILIES) {
      if (Files.exists(family(cf))) {
        sync(family(cf));
      }
    }
    Path temporary = temporary(meta());
    Files.write(temporary, meta.toByteArray());
    sync(temporary);
    Files.move(temporary, meta(), StandardCopyOption.ATOMIC_MOVE);
    if (folder.getFileSystem() == FileSystems.getDefault()) {
      sync(folder);
    }
  }

  /**
   * A second name of a family's file, for an engine that moves what it ingests: the first stays
   * until the installation is known to be complete.
   */
  Path linkToInstall(Cf cf) {
    Path link = temporary(family(cf));
    try {
      Files.deleteIfExists(link);
      Files.createLink(link, family(cf));
      return link;
    } catch (IOException e) {
      throw new EngineException("snapshot " + name + " cannot be linked", e);
    }
  }

  static void sync(Path path) throws IOException {
    StandardOpenOption mode =
        Files.isDirectory(path) ? StandardOpenOption.READ : StandardOpenOption.WRITE;
    try (FileChannel channel = FileChannel.open(path, mode)) {
      channel.force(true);
    }
  }

  /** Removes all of it; the meta file first, so that what is left is never taken for whole. */
  void delete() {
    try {
      Files.deleteIfExists(meta());
      Files.deleteIfExists(temporary(meta()));
      for (Cf cf : FAMILIES) {
        Files.deleteIfExists(family(cf));
        Files.deleteIfExists(temporary(family(cf)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("snapshot " + name + " cannot be deleted", e);
    }
  }
}
