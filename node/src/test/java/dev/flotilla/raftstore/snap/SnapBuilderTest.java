package dev.flotilla.raftstore.snap;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.RaftCommands;
import dev.flotilla.raftstore.snap.SnapManager.Use;
import dev.flotilla.raftstore.wire.RegionStates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SnapBuilderTest {
  private static final long REGION_ID = RaftCommands.REGION.getId();

  private final SimEngine kv = SimEngine.kv();
  private final List<Msg> told = new ArrayList<>();

  private void put(int valueBytes) {
    try (WriteBatch batch = kv.newBatch()) {
      RegionStates.putInitialKv(batch, RaftCommands.REGION);
      batch.put(
          Cf.DEFAULT, Keys.dataKey(RaftCommands.text("c").toByteArray()), new byte[valueBytes]);
      kv.write(batch, false);
    }
  }

  private Path build(long diskBytes) {
    Path folder =
        Jimfs.newFileSystem(Configuration.unix().toBuilder().setMaxSize(diskBytes).build())
            .getPath("/snap");
    new SnapBuilder(kv, new SnapManager(folder), told::add)
        .run(List.of(new RegionTask.Build(REGION_ID)));
    return folder;
  }

  @Test
  void buildsWhatThereIsRoomFor() throws IOException {
    put(600_000);
    Path folder = build(1 << 22);
    assertThat(told)
        .singleElement()
        .satisfies(built -> assertThat(((Msg.SnapshotBuilt) built).snapshot()).isNotNull());
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSize(2);
    }
  }

  /** Else the region could not be sent until another position of it is. */
  @Test
  void buildsAnewWhatIsDescribedByNothingReadable() throws IOException {
    put(600);
    SnapManager manager = new SnapManager(Jimfs.newFileSystem().getPath("/snap"));
    SnapBuilder builder = new SnapBuilder(kv, manager, told::add);
    builder.run(List.of(new RegionTask.Build(REGION_ID)));
    SnapKey key = manager.idle().get(0).key();
    SnapFile built = manager.file(key, Use.BUILDING);
    Path description = built.family(Cf.DEFAULT).resolveSibling("gen_" + key + SnapFile.META);
    for (String damaged : List.of("", "no such thing")) {
      Files.writeString(description, damaged);
      builder.run(List.of(new RegionTask.Build(REGION_ID)));
      assertThat(built.damage()).isNull();
      assertThat(told.get(told.size() - 1)).isEqualTo(told.get(0));
    }
  }

  /** What was built is on the disk, and what was promised for it is no more. */
  @Test
  void givesBackTheRoomThatItTook() {
    put(600_000);
    SnapManager manager =
        new SnapManager(
            Jimfs.newFileSystem(Configuration.unix().toBuilder().setMaxSize(1 << 22).build())
                .getPath("/snap"));
    new SnapBuilder(kv, manager, told::add).run(List.of(new RegionTask.Build(REGION_ID)));
    long left = (1 << 22) - manager.bytes();
    assertThat(manager.takeRoom(left / 2 + 100_000)).isFalse();
    assertThat(manager.takeRoom(left / 2 - 100_000)).isTrue();
  }

  /** On a disk that is full the engines fail, and the store with them. */
  @Test
  void buildsNoneThatTheDiskHasLittleRoomFor() throws IOException {
    put(600_000);
    Path folder = build(1 << 20);
    assertThat(told).containsExactly(new Msg.SnapshotBuilt(REGION_ID, null));
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }
}
