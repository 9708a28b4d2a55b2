package dev.flotilla.raftstore.snap;

import dev.flotilla.engine.Cf;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.proto.raft_serverpb.RaftSnapshotData;
import dev.flotilla.proto.raft_serverpb.SnapshotMeta;
import java.io.IOException;
import java.nio.file.Files;

/** Snapshots of one family whose content is not looked at, and the messages that announce them. */
public final class WrittenSnapshots {
  private WrittenSnapshots() {}

  /** Makes a whole snapshot as if it had been built here; returns the message to send with it. */
  public static RaftMessage build(SnapManager manager, SnapKey key, byte[] data)
      throws IOException {
    return message(key, write(manager.file(key, SnapManager.Use.BUILDING), data));
  }

  static SnapshotMeta write(SnapFile file, byte[] data) throws IOException {
    Files.write(file.family(Cf.DEFAULT), data);
    SnapshotMeta.Builder meta = SnapshotMeta.newBuilder();
    for (Cf cf : SnapFile.FAMILIES) {
      meta.addCfFiles(file.describe(cf));
    }
    file.complete(meta.build());
    return meta.build();
  }

  static RaftMessage message(SnapKey key, SnapshotMeta meta) {
    RaftMessage.Builder message = RaftMessage.newBuilder().setRegionId(key.regionId());
    message
        .getMessageBuilder()
        .getSnapshotBuilder()
        .setData(RaftSnapshotData.newBuilder().setMeta(meta).build().toByteString())
        .getMetadataBuilder()
        .setTerm(key.term())
        .setIndex(key.index());
    return message.build();
  }
}
