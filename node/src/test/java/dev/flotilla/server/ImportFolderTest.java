package dev.flotilla.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import com.google.protobuf.ByteString;
import dev.flotilla.proto.import_sstpb.Pair;
import dev.flotilla.proto.import_sstpb.RawWriteBatch;
import dev.flotilla.proto.import_sstpb.SSTMeta;
import dev.flotilla.raftstore.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pairs come out of a file as they went in, in bounded parts, or not at all. */
class ImportFolderTest {
  private static final long ENTRY_BYTES_MAX = 4096;

  @TempDir private Path path;

  private final HandClock clock = new HandClock();
  private boolean hasSpace = true;
  private ImportFolder folder =
      new ImportFolder(Path.of("unused"), ENTRY_BYTES_MAX, () -> hasSpace, clock);

  @BeforeEach
  void open() {
    folder = new ImportFolder(path, ENTRY_BYTES_MAX, () -> hasSpace, clock);
    folder.open();
  }

  private static SSTMeta named(int number) {
    return SSTMeta.newBuilder()
        .setUuid(ByteString.copyFromUtf8(String.format("%016d", number)))
        .setRegionId(2)
        .build();
  }

  private static Pair pair(String key, String value) {
    return Pair.newBuilder()
        .setKey(ByteString.copyFromUtf8(key))
        .setValue(ByteString.copyFromUtf8(value))
        .build();
  }

  private SSTMeta write(int number, RawWriteBatch... batches) throws IOException {
    try (ImportWriter writer = new ImportWriter(folder, named(number))) {
      for (RawWriteBatch batch : batches) {
        writer.write(batch);
      }
      return Objects.requireNonNull(writer.finish());
    }
  }

  private List<ImportReader.Chunk> read(SSTMeta meta) throws IOException {
    ImportFolder.Held held = Objects.requireNonNull(folder.find(meta.getUuid()));
    List<ImportReader.Chunk> chunks = new ArrayList<>();
    try (ImportReader reader = new ImportReader(held, folder.chunkBytes())) {
      for (ImportReader.Chunk chunk = reader.next(); chunk != null; chunk = reader.next()) {
        chunks.add(chunk);
      }
    }
    return chunks;
  }

  private long filesThere() throws IOException {
    return filesIn(path);
  }

  private static long filesIn(Path where) throws IOException {
    try (Stream<Path> files = Files.list(where)) {
      return files.count();
    }
  }

  @Test
  void givesBackWhatWasWrittenInBoundedParts() throws Exception {
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      pairs.add(pair(String.format("k%03d", i), "value " + i));
    }
    SSTMeta meta =
        write(
            1,
            RawWriteBatch.newBuilder().setTtl(7).addAllPairs(pairs.subList(100, 300)).build(),
            RawWriteBatch.newBuilder().addAllPairs(pairs.subList(0, 100)).build());
    assertThat(meta.getTotalKvs()).isEqualTo(300);
    assertThat(meta.getRange().getStart()).isEqualTo(pairs.get(0).getKey());
    assertThat(meta.getRange().getEnd()).isEqualTo(pairs.get(299).getKey());
    List<ImportReader.Chunk> chunks = read(meta);
    List<Pair> found = new ArrayList<>();
    for (ImportReader.Chunk chunk : chunks) {
      long bytes = 0;
      for (Pair pair : chunk.pairs()) {
        bytes += pair.getSerializedSize();
      }
      assertThat(bytes).isLessThanOrEqualTo(ENTRY_BYTES_MAX / 2);
      assertThat(chunk.ttlSeconds()).isEqualTo(found.size() < 200 ? 7 : 0);
      found.addAll(chunk.pairs());
    }
    assertThat(found.subList(0, 200)).isEqualTo(pairs.subList(100, 300));
    assertThat(found.subList(200, 300)).isEqualTo(pairs.subList(0, 100));
  }

  @Test
  void keepsDeletesApart() throws Exception {
    Pair gone = pair("b", "").toBuilder().setOp(Pair.OP.Delete).build();
    SSTMeta meta =
        write(
            1,
            RawWriteBatch.newBuilder()
                .addPairs(pair("a", "1"))
                .addPairs(gone)
                .addPairs(pair("c", "3"))
                .build());
    assertThat(read(meta))
        .extracting(ImportReader.Chunk::op)
        .containsExactly(Pair.OP.Put, Pair.OP.Delete, Pair.OP.Put);
  }

  @Test
  void noticesDamage() throws Exception {
    SSTMeta meta = write(1, RawWriteBatch.newBuilder().addPairs(pair("key", "value")).build());
    Path file = Objects.requireNonNull(folder.find(meta.getUuid())).file();
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1]++;
    Files.write(file, bytes);
    assertThatThrownBy(() -> read(meta)).isInstanceOf(IOException.class);
  }

  @Test
  void keepsNothingOfAnUnfinishedFile() throws Exception {
    try (ImportWriter writer = new ImportWriter(folder, named(1))) {
      writer.write(RawWriteBatch.newBuilder().addPairs(pair("key", "value")).build());
      assertThat(filesThere()).isEqualTo(1);
    }
    assertThat(filesThere()).isZero();
    assertThat(folder.find(named(1).getUuid())).isNull();
  }

  /** What is left of it would keep the disk full, and count until the node is started again. */
  @Test
  void keepsNothingOfAFileThatTheDiskHasNoRoomFor() throws Exception {
    Path small =
        Jimfs.newFileSystem(Configuration.unix().toBuilder().setMaxSize(1 << 16).build())
            .getPath("/import");
    ImportFolder full = new ImportFolder(small, ENTRY_BYTES_MAX, () -> hasSpace, clock);
    full.open();
    RawWriteBatch batch =
        RawWriteBatch.newBuilder().addPairs(pair("key", "v".repeat(3000))).build();
    ImportWriter writer = new ImportWriter(full, named(1));
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 100; i++) {
                writer.write(batch);
              }
            })
        .isInstanceOf(IOException.class);
    writer.close();
    assertThat(filesIn(small)).isZero();
    full.reserve(ImportFolder.BYTES_MAX);
  }

  /** Of small ones there may be very many before they are too many bytes. */
  @Test
  void takesOnlySoManyFiles() throws Exception {
    ByteString key = ByteString.copyFromUtf8("k");
    for (int i = 0; i < ImportFolder.FILES_MAX - 1; i++) {
      folder.keep(named(i).getUuid(), path.resolve("none" + i), key, key, 0, 0);
    }
    folder.newFile();
    assertThatThrownBy(folder::newFile)
        .isInstanceOf(Refusal.ServerIsBusy.class)
        .hasMessageContaining("too many files wait");
    folder.written();
    folder.newFile();
    folder.written();
    clock.set(Duration.ofMinutes(10));
    folder.dropOld();
    folder.newFile();
    folder.newFile();
  }

  @Test
  void takesNothingWhileTheDiskIsAlmostFull() throws Exception {
    RawWriteBatch batch = RawWriteBatch.newBuilder().addPairs(pair("key", "value")).build();
    hasSpace = false;
    assertThatThrownBy(() -> write(1, batch)).isInstanceOf(Refusal.ServerIsBusy.class);
    assertThat(filesThere()).isZero();
    hasSpace = true;
    assertThat(folder.find(write(1, batch).getUuid())).isNotNull();
  }

  @Test
  void oneThatCannotBeDeletedDoesNotKeepTheOthers() throws Exception {
    RawWriteBatch batch = RawWriteBatch.newBuilder().addPairs(pair("key", "value")).build();
    for (int i = 0; i < 8; i++) {
      SSTMeta meta = write(i, batch);
      if (i % 2 == 0) {
        Path file = Objects.requireNonNull(folder.find(meta.getUuid())).file();
        Files.delete(file);
        Files.createDirectories(file.resolve("in the way"));
      }
    }
    clock.set(Duration.ofMinutes(10));
    folder.dropOld();
    assertThat(filesThere()).isEqualTo(4);
    folder.reserve(ImportFolder.BYTES_MAX);
  }

  @Test
  void deletesWhatNobodyComesForAndWhatAnEarlierRunLeft() throws Exception {
    RawWriteBatch batch = RawWriteBatch.newBuilder().addPairs(pair("key", "value")).build();
    SSTMeta old = write(1, batch);
    clock.set(Duration.ofMinutes(9));
    SSTMeta young = write(2, batch);
    clock.set(Duration.ofMinutes(10));
    folder.dropOld();
    assertThat(folder.find(old.getUuid())).isNull();
    assertThat(folder.find(young.getUuid())).isNotNull();
    assertThat(filesThere()).isEqualTo(1);
    new ImportFolder(path, ENTRY_BYTES_MAX, () -> hasSpace, clock).open();
    assertThat(filesThere()).isZero();
  }

  @Test
  void keepsWhatSomebodyHasComeFor() throws Exception {
    SSTMeta meta = write(1, RawWriteBatch.newBuilder().addPairs(pair("key", "value")).build());
    clock.set(Duration.ofMinutes(9));
    assertThat(folder.find(meta.getUuid())).isNotNull();
    clock.set(Duration.ofMinutes(18));
    folder.dropOld();
    assertThat(filesThere()).isEqualTo(1);
    clock.set(Duration.ofMinutes(19));
    folder.dropOld();
    assertThat(filesThere()).isZero();
  }

  @Test
  void replacesAFileOfTheSameName() throws Exception {
    write(1, RawWriteBatch.newBuilder().addPairs(pair("first", "1")).build());
    SSTMeta again = write(1, RawWriteBatch.newBuilder().addPairs(pair("second", "2")).build());
    assertThat(filesThere()).isEqualTo(1);
    assertThat(read(again).get(0).pairs()).containsExactly(pair("second", "2"));
  }

  /** What is sent again while the first is being taken in has yet to be taken in itself. */
  @Test
  void dropsOnlyTheFileThatWasTakenIn() throws Exception {
    SSTMeta meta = write(1, RawWriteBatch.newBuilder().addPairs(pair("first", "1")).build());
    ImportFolder.Held taken = Objects.requireNonNull(folder.find(meta.getUuid()));
    write(1, RawWriteBatch.newBuilder().addPairs(pair("second", "2")).build());
    folder.drop(meta.getUuid(), taken);
    assertThat(read(meta).get(0).pairs()).containsExactly(pair("second", "2"));
    folder.drop(meta.getUuid(), Objects.requireNonNull(folder.find(meta.getUuid())));
    assertThat(folder.find(meta.getUuid())).isNull();
    assertThat(filesThere()).isZero();
  }

  @Test
  void refusesNamesAndFamiliesThatAreNone() {
    SSTMeta unnamed = SSTMeta.newBuilder().setUuid(ByteString.copyFromUtf8("short")).build();
    assertThatThrownBy(() -> new ImportWriter(folder, unnamed)).isInstanceOf(Refusal.Invalid.class);
    SSTMeta lock = named(1).toBuilder().setCfName("lock").build();
    assertThatThrownBy(() -> new ImportWriter(folder, lock)).isInstanceOf(Refusal.Invalid.class);
  }

  @Test
  void takesSoManyFilesAtOnce() throws Exception {
    List<ImportWriter> writers = new ArrayList<>();
    for (int i = 0; i < ImportFolder.WRITERS_MAX; i++) {
      writers.add(new ImportWriter(folder, named(i)));
    }
    assertThatThrownBy(() -> new ImportWriter(folder, named(99)))
        .isInstanceOf(Refusal.ServerIsBusy.class);
    writers.get(0).close();
    writers.add(new ImportWriter(folder, named(99)));
    for (ImportWriter writer : writers) {
      writer.close();
    }
    assertThat(filesThere()).isZero();
  }
}
