package dev.flotilla.raftstore.snap;

import com.google.protobuf.ByteString;
import dev.flotilla.engine.Cf;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.proto.raft_serverpb.RaftSnapshotData;
import dev.flotilla.proto.raft_serverpb.SnapshotCFFile;
import dev.flotilla.proto.raft_serverpb.SnapshotMeta;
import dev.flotilla.raftstore.snap.SnapManager.Use;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot being received. Used by one thread at a time; blocks.
 *
 * <p>The store must not hear of the snapshot before {@link #complete}: from then on its files are
 * there to stay. Whatever ends before that leaves nothing.
 */
public final class SnapSink implements AutoCloseable {
  private final SnapManager manager;
  private final SnapKey key;
  private final SnapFile snap;
  private final SnapshotMeta meta;
  private int family = -1;
  private long left;

  /** Bytes to come for which there is room. */
  private long room;

  private @Nullable OutputStream out;
  private boolean complete;

  private SnapSink(SnapManager manager, SnapKey key, SnapshotMeta meta) {
    this.manager = manager;
    this.key = key;
    this.snap = manager.file(key, Use.RECEIVING);
    this.meta = meta;
  }

  /** The snapshot that a message speaks of. */
  public static SnapKey keyOf(RaftMessage message) {
    var metadata = message.getMessage().getSnapshot().getMetadata();
    return new SnapKey(message.getRegionId(), metadata.getTerm(), metadata.getIndex());
  }

  /**
   * Prepares to receive the files that {@code message} announces.
   *
   * @throws IOException when someone receives or installs the same, or the message makes no sense
   */
  public static SnapSink open(SnapManager manager, RaftMessage message) throws IOException {
    SnapKey key = keyOf(message);
    RaftSnapshotData data =
        RaftSnapshotData.parseFrom(message.getMessage().getSnapshot().getData());
    Set<Cf> families = new HashSet<>();
    for (SnapshotCFFile file : data.getMeta().getCfFilesList()) {
      try {
        families.add(SnapFile.familyOf(file));
      } catch (IllegalArgumentException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
    if (families.size() != SnapFile.FAMILIES.size()
        || data.getMeta().getCfFilesCount() != SnapFile.FAMILIES.size()) {
      throw new IOException("snapshot " + key + " does not have each family once");
    }
    if (!manager.tryBegin(key, Use.RECEIVING)) {
      throw new IOException("snapshot " + key + " is being received already");
    }
    boolean opened = false;
    try {
      SnapSink sink = new SnapSink(manager, key, data.getMeta());
      SnapshotMeta there = sink.snap.readMeta();
      if (there != null && !there.equals(data.getMeta())) {
        // Built by another replica, say; it may have been accepted and wait to be installed.
        throw new IOException("another snapshot " + key + " is here already");
      }
      if (there == null) {
        sink.takeRoom();
      }
      opened = true;
      return sink;
    } finally {
      if (!opened) {
        manager.end(key, Use.RECEIVING);
      }
    }
  }

  private void takeRoom() throws IOException {
    long bytes = SnapFile.bytes(meta);
    if (!manager.takeRoom(bytes)) {
      throw new IOException("the disk has little room for snapshot " + key);
    }
    room = bytes;
  }

  private void giveRoom(long bytes) {
    long given = Math.min(room, bytes);
    room -= given;
    manager.giveRoom(given);
  }

  /** Whether all of it is here from an earlier time: nothing need be sent. */
  public boolean isHere() {
    SnapshotMeta there = snap.readMeta();
    return there != null && there.equals(meta) && snap.matches(there);
  }

  /**
   * Takes the next bytes.
   *
   * @throws IOException when there are more than were announced, or they cannot be written
   */
  public void write(ByteString data) throws IOException {
    int offset = 0;
    while (offset < data.size()) {
      OutputStream to = left > 0 && out != null ? out : nextFamily();
      int size = (int) Math.min(left, data.size() - offset);
      data.substring(offset, offset + size).writeTo(to);
      giveRoom(size);
      left -= size;
      offset += size;
    }
  }

  private OutputStream nextFamily() throws IOException {
    closeFamily();
    while (left == 0) {
      family++;
      if (family >= meta.getCfFilesCount()) {
        throw new IOException("snapshot " + key + " is longer than announced");
      }
      left = meta.getCfFiles(family).getSize();
    }
    Path file = snap.family(SnapFile.familyOf(meta.getCfFiles(family)));
    // Never into a file that is there: if it was installed once, the database has it by a link.
    Files.deleteIfExists(file);
    OutputStream opened = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW);
    out = opened;
    return opened;
  }

  private void closeFamily() throws IOException {
    if (out != null) {
      out.close();
      out = null;
    }
  }

  /**
   * Checks that everything has come and makes it durable.
   *
   * @throws IOException when something is missing or changed on the way
   */
  public void complete() throws IOException {
    closeFamily();
    for (int i = family + 1; i < meta.getCfFilesCount(); i++) {
      left += meta.getCfFiles(i).getSize();
    }
    if (left > 0) {
      throw new IOException("snapshot " + key + " is " + left + " bytes short");
    }
    if (!snap.matches(meta)) {
      throw new IOException("snapshot " + key + " has changed on its way");
    }
    snap.complete(meta);
    complete = true;
  }

  /** Removes what has come, unless it is {@linkplain #complete complete}. */
  @Override
  public void close() {
    try {
      closeFamily();
    } catch (IOException e) {
      complete = false;
    } finally {
      try {
        if (!complete && !isHere()) {
          snap.delete();
        }
      } finally {
        giveRoom(room);
        manager.end(key, Use.RECEIVING);
      }
    }
  }
}
