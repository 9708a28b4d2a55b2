package dev.flotilla.raftstore.snap;

import dev.flotilla.engine.Cf;
import dev.flotilla.proto.raft_serverpb.SnapshotCFFile;
import dev.flotilla.proto.raft_serverpb.SnapshotMeta;
import dev.flotilla.raftstore.snap.SnapManager.Use;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A snapshot being sent: its files one after the other. Blocks. Read by one thread at a time, and
 * closed by any, perhaps while another is about to read on.
 */
public final class SnapSource implements AutoCloseable {
  private final SnapManager manager;
  private final SnapKey key;
  private final InputStream content;
  private boolean closed;

  private SnapSource(SnapManager manager, SnapKey key, InputStream content) {
    this.manager = manager;
    this.key = key;
    this.content = content;
  }

  /**
   * Opens a snapshot that was built here; its files stay until this is closed.
   *
   * @throws IOException when it is not there any more, or cannot be read
   */
  public static SnapSource open(SnapManager manager, SnapKey key) throws IOException {
    manager.begin(key, Use.SENDING);
    List<InputStream> files = new ArrayList<>();
    try {
      SnapFile snap = manager.file(key, Use.SENDING);
      SnapshotMeta meta = snap.readMeta();
      if (meta == null) {
        throw new IOException("snapshot " + key + " is gone");
      }
      for (SnapshotCFFile file : meta.getCfFilesList()) {
        if (file.getSize() > 0) {
          Cf cf = SnapFile.familyOf(file);
          files.add(Files.newInputStream(snap.family(cf)));
        }
      }
    } catch (IOException | RuntimeException e) {
      for (InputStream file : files) {
        file.close();
      }
      manager.end(key, Use.SENDING);
      throw e;
    }
    return new SnapSource(manager, key, new SequenceInputStream(Collections.enumeration(files)));
  }

  /**
   * The next bytes, at most {@code bytesMax}; empty at the end.
   *
   * @throws IOException when they cannot be read, or this is closed
   */
  public synchronized byte[] next(int bytesMax) throws IOException {
    if (closed) {
      throw new IOException("snapshot " + key + " is not being sent any more");
    }
    return content.readNBytes(bytesMax);
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    try {
      content.close();
    } finally {
      manager.end(key, Use.SENDING);
    }
  }
}
