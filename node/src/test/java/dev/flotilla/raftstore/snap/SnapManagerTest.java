package dev.flotilla.raftstore.snap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import com.google.protobuf.ByteString;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.EngineOpenException;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.proto.raft_serverpb.SnapshotCFFile;
import dev.flotilla.proto.raft_serverpb.SnapshotMeta;
import dev.flotilla.raftstore.snap.SnapManager.Idle;
import dev.flotilla.raftstore.snap.SnapManager.Use;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapManagerTest {
  private static final SnapKey KEY = new SnapKey(7, 5, 120);
  private static final SnapKey OTHER = new SnapKey(8, 5, 9);

  @TempDir Path folder;

  private static SnapshotMeta write(SnapFile file, String data) throws IOException {
    return WrittenSnapshots.write(file, data.getBytes(StandardCharsets.UTF_8));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void isWholeOnlyOnceAllOfItIsThere() throws IOException {
    SnapFile file = new SnapManager(folder).file(KEY, Use.BUILDING);
    assertThat(file.readMeta()).isNull();
    Files.writeString(file.family(Cf.DEFAULT), "some data");
    assertThat(file.readMeta()).as("without meta file").isNull();
    SnapshotMeta meta = write(file, "some data");
    assertThat(file.readMeta()).isEqualTo(meta);
    Files.delete(file.family(Cf.DEFAULT));
    assertThat(file.readMeta()).as("without a family's file").isNull();
  }

  @Test
  void noticesOneBit() throws IOException {
    SnapFile file = new SnapManager(folder).file(KEY, Use.BUILDING);
    SnapshotMeta meta = write(file, "some data");
    assertThat(file.matches(meta)).isTrue();
    Files.writeString(file.family(Cf.DEFAULT), "some datb");
    assertThat(file.matches(meta)).as("another byte").isFalse();
    Files.writeString(file.family(Cf.DEFAULT), "some dat");
    assertThat(file.matches(meta)).as("a byte less").isFalse();
  }

  /** A snapshot that is put in place of a region's data must be the one that was accepted. */
  @Test
  void saysWhatIsWrongWithASnapshot() throws IOException {
    SnapFile file = new SnapManager(folder).file(KEY, Use.RECEIVING);
    Path meta = folder.resolve("rev_" + KEY + SnapFile.META);
    write(file, "some data");
    assertThat(file.damage()).isNull();
    Files.writeString(file.family(Cf.DEFAULT), "some datb");
    assertThat(file.damage()).contains("default.sst has another checksum");
    Files.writeString(file.family(Cf.DEFAULT), "some dat");
    assertThat(file.damage()).contains("default.sst has 8 bytes in place of 9");
    Files.delete(file.family(Cf.DEFAULT));
    assertThat(file.damage()).contains("default.sst is missing");
    write(file, "some data");
    Files.writeString(file.family(Cf.LOCK), "more");
    assertThat(file.damage()).contains("lock.sst has 4 bytes in place of 0");
    Files.delete(file.family(Cf.LOCK));
    byte[] description = Files.readAllBytes(meta);
    Files.write(meta, new byte[0]);
    assertThat(file.damage()).as("of no families").contains("cut short");
    Files.write(meta, Arrays.copyOf(description, description.length - 1));
    assertThat(file.damage()).contains("does not describe");
    Files.delete(meta);
    assertThat(file.damage()).contains(".meta is missing");
  }

  @Test
  void whatACrashLeftHalfMadeIsGoneAtTheNextStart() throws IOException {
    SnapManager manager = new SnapManager(folder);
    write(manager.file(KEY, Use.BUILDING), "whole");
    Files.writeString(
        SnapFile.temporary(manager.file(OTHER, Use.RECEIVING).family(Cf.DEFAULT)), "half");
    List<String> whole = names().stream().filter(name -> !name.endsWith(".tmp")).toList();
    new SnapManager(folder);
    assertThat(names()).isEqualTo(whole);
  }

  @Test
  void deletesNothingThatSomeoneUses() throws IOException {
    SnapManager manager = new SnapManager(folder);
    write(manager.file(KEY, Use.BUILDING), "own");
    write(manager.file(OTHER, Use.RECEIVING), "received");
    Idle own = new Idle(KEY, true);
    Idle received = new Idle(OTHER, false);
    assertThat(manager.idle()).containsExactlyInAnyOrder(own, received);
    manager.begin(KEY, Use.SENDING);
    assertThat(manager.idle()).containsExactly(received);
    assertThat(manager.delete(own)).isFalse();
    assertThat(manager.delete(received)).isTrue();
    manager.end(KEY, Use.SENDING);
    assertThat(manager.delete(own)).isTrue();
    assertThat(names()).isEmpty();
    assertThat(manager.bytes()).isZero();
  }

  @Test
  void countsWhatIsSentAndWhatIsReceived() {
    SnapManager manager = new SnapManager(folder);
    manager.begin(KEY, Use.BUILDING);
    manager.begin(KEY, Use.SENDING);
    manager.begin(KEY, Use.SENDING);
    manager.begin(OTHER, Use.INSTALLING);
    assertThat(manager.sending()).as("one snapshot, however many send it").isEqualTo(1);
    assertThat(manager.receiving()).isEqualTo(1);
    manager.end(KEY, Use.BUILDING);
    manager.end(KEY, Use.SENDING);
    assertThat(manager.sending()).isEqualTo(1);
    manager.end(KEY, Use.SENDING);
    manager.end(OTHER, Use.INSTALLING);
    assertThat(manager.sending() + manager.receiving()).isZero();
  }

  @Test
  void oneReceivesASnapshotAtATime() {
    SnapManager manager = new SnapManager(folder);
    assertThat(manager.tryBegin(KEY, Use.RECEIVING)).isTrue();
    assertThat(manager.tryBegin(KEY, Use.RECEIVING)).isFalse();
    assertThat(manager.tryBegin(OTHER, Use.RECEIVING)).isTrue();
    manager.end(KEY, Use.RECEIVING);
    assertThat(manager.tryBegin(KEY, Use.RECEIVING)).isTrue();
  }

  /**
   * Another replica may send its own of the same position while the first waits to be installed.
   */
  @Test
  void aSnapshotThatIsHereIsNotOverwrittenByAnotherOfTheSamePosition() throws IOException {
    SnapManager manager = new SnapManager(folder);
    assertThat(manager.isReceived(KEY)).isFalse();
    SnapshotMeta meta = write(manager.file(KEY, Use.RECEIVING), "received");
    assertThat(manager.isReceived(KEY)).isTrue();
    SnapshotMeta.Builder other = meta.toBuilder();
    other.getCfFilesBuilder(0).setChecksum(77);
    assertThatThrownBy(() -> SnapSink.open(manager, WrittenSnapshots.message(KEY, other.build())))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("here already");
    try (SnapSink again = SnapSink.open(manager, WrittenSnapshots.message(KEY, meta))) {
      assertThat(again.isHere()).isTrue();
    }
    assertThat(manager.file(KEY, Use.RECEIVING).matches(meta)).isTrue();
  }

  /** Else it could not be received again, nor be deleted, until the node is started anew. */
  @Test
  void isNotBeingReceivedOnceThatHasFailed() throws IOException {
    SnapManager manager = new SnapManager(folder);
    SnapFile received = manager.file(KEY, Use.RECEIVING);
    SnapshotMeta meta = write(received, "received");
    received.delete();
    RaftMessage message = WrittenSnapshots.message(KEY, meta);

    SnapSink sink = SnapSink.open(manager, message);
    sink.write(ByteString.copyFromUtf8("rec"));
    Files.delete(received.family(Cf.DEFAULT));
    Files.createDirectories(received.family(Cf.DEFAULT).resolve("in the way"));
    assertThatThrownBy(sink::close).isInstanceOf(UncheckedIOException.class);
    assertThat(manager.receiving()).as("when its files cannot be deleted").isZero();

    Files.createDirectory(folder.resolve("rev_" + KEY + SnapFile.META));
    assertThatThrownBy(() -> SnapSink.open(manager, message)).isInstanceOf(EngineException.class);
    assertThat(manager.receiving()).as("when its meta file cannot be read").isZero();
  }

  /** It is as good as none: the leader sends it again. */
  @Test
  void whatIsDescribedByNothingReadableIsNotThere() throws IOException {
    SnapManager manager = new SnapManager(folder);
    SnapFile received = manager.file(KEY, Use.RECEIVING);
    SnapshotMeta meta = write(received, "received");
    Path description = folder.resolve("rev_" + KEY + SnapFile.META);
    byte[] whole = Files.readAllBytes(description);
    SnapshotMeta.Builder strange = meta.toBuilder();
    strange.getCfFilesBuilder(1).setCf("raft");
    for (byte[] damaged :
        List.of(
            new byte[0],
            Arrays.copyOf(whole, whole.length - 1),
            meta.toBuilder().removeCfFiles(2).build().toByteArray(),
            strange.build().toByteArray())) {
      Files.write(description, damaged);
      assertThat(manager.isReceived(KEY)).isFalse();
      try (SnapSink sink = SnapSink.open(manager, WrittenSnapshots.message(KEY, meta))) {
        assertThat(sink.isHere()).isFalse();
        sink.write(ByteString.copyFromUtf8("received"));
        sink.complete();
      }
      assertThat(manager.isReceived(KEY)).isTrue();
      assertThat(received.damage()).isNull();
    }
  }

  /** On a disk that is full the engines fail, and the store with them. */
  @Test
  void takesNoneThatTheDiskHasLittleRoomFor() throws IOException {
    Path small =
        Jimfs.newFileSystem(Configuration.unix().toBuilder().setMaxSize(1 << 20).build())
            .getPath("/snap");
    SnapManager manager = new SnapManager(small);
    SnapshotMeta.Builder meta = SnapshotMeta.newBuilder();
    for (Cf cf : SnapFile.FAMILIES) {
      meta.addCfFiles(SnapshotCFFile.newBuilder().setCf(cf.diskName()).setSize(300_000));
    }
    assertThatThrownBy(() -> SnapSink.open(manager, WrittenSnapshots.message(KEY, meta.build())))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("little room");
    assertThat(manager.receiving()).isZero();
    meta.getCfFilesBuilderList().forEach(file -> file.setSize(100_000));
    SnapSink.open(manager, WrittenSnapshots.message(KEY, meta.build())).close();
  }

  /** Each of several that come at once sees the space that the others are about to fill. */
  @Test
  void takesNoneThatTheDiskHasLittleRoomForOnceOthersHaveCome() throws IOException {
    Path small =
        Jimfs.newFileSystem(Configuration.unix().toBuilder().setMaxSize(1 << 20).build())
            .getPath("/snap");
    SnapManager manager = new SnapManager(small);
    RaftMessage first = WrittenSnapshots.message(KEY, announced(400_000));
    RaftMessage second = WrittenSnapshots.message(OTHER, announced(300_000));

    SnapSink one = SnapSink.open(manager, first);
    assertThatThrownBy(() -> SnapSink.open(manager, second)).hasMessageContaining("little room");
    one.close();
    SnapSink two = SnapSink.open(manager, second);
    two.close();
    SnapSink again = SnapSink.open(manager, first);
    again.write(ByteString.copyFrom(new byte[300_000]));
    SnapSink last = SnapSink.open(manager, WrittenSnapshots.message(OTHER, announced(250_000)));
    again.close();
    last.close();
    SnapSink.open(manager, first).close();
  }

  /** A snapshot of one family that has {@code bytes} and others that have none. */
  private static SnapshotMeta announced(long bytes) {
    SnapshotMeta.Builder meta = SnapshotMeta.newBuilder();
    for (Cf cf : SnapFile.FAMILIES) {
      meta.addCfFiles(
          SnapshotCFFile.newBuilder()
              .setCf(cf.diskName())
              .setSize(cf == Cf.DEFAULT ? bytes : 0)
              .setChecksum(1));
    }
    return meta.build();
  }

  /** What was installed is one file under two names until the snapshot is deleted. */
  @Test
  void whatTheDatabaseHasByALinkIsNotWrittenInto() throws IOException {
    SnapManager manager = new SnapManager(folder);
    SnapFile received = manager.file(KEY, Use.RECEIVING);
    SnapshotMeta meta = write(received, "installed");
    Path installed = folder.resolve("installed");
    Files.createLink(installed, received.family(Cf.DEFAULT));
    // As a crash leaves it in the middle of deleting.
    for (String name : names()) {
      if (name.endsWith(SnapFile.META)) {
        Files.delete(folder.resolve(name));
      }
    }
    try (SnapSink sink = SnapSink.open(manager, WrittenSnapshots.message(KEY, meta))) {
      assertThat(sink.isHere()).isFalse();
      sink.write(ByteString.copyFromUtf8("inst"));
    }
    assertThat(installed).hasContent("installed");
  }

  /** Whoever sends may be told that nothing more is wanted while it is about to read on. */
  @Test
  void nothingIsReadOfASnapshotOnceItsSendingHasEnded() throws IOException {
    SnapManager manager = new SnapManager(folder);
    write(manager.file(KEY, Use.BUILDING), "own");
    SnapSource source = SnapSource.open(manager, KEY);
    assertThat(source.next(2)).hasSize(2);
    source.close();
    assertThatThrownBy(() -> source.next(2)).isInstanceOf(IOException.class);
    assertThat(manager.sending()).isZero();
  }

  @Test
  void aFolderThatIsNoneIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("snap"), "no folder");
    assertThatThrownBy(() -> new SnapManager(file))
        .isInstanceOf(EngineOpenException.class)
        .hasMessageContaining(file.toString());
  }
}
