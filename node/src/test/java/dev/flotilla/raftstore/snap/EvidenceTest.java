package dev.flotilla.raftstore.snap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import com.google.protobuf.ByteString;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.metapb.Region;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EvidenceTest {
  private final Path folder = Jimfs.newFileSystem(Configuration.unix()).getPath("/data/quarantine");
  private final Evidence evidence = new Evidence(folder, new DiskRoom());
  private final SimEngine kv = SimEngine.kv();

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static RegionTask.Keep keep(long peerId, String why) {
    Region region =
        Region.newBuilder()
            .setId(7)
            .setStartKey(ByteString.copyFromUtf8("b"))
            .setEndKey(ByteString.copyFromUtf8("d"))
            .build();
    return new RegionTask.Keep(region, peerId, 3, why);
  }

  private void put(String key, String value) {
    try (WriteBatch batch = kv.newBatch()) {
      batch.put(Cf.DEFAULT, Keys.dataKey(bytes(key)), bytes(value));
      kv.write(batch, false);
    }
  }

  private Path copy(long peerId) {
    return folder.resolve("region-7-peer-" + peerId);
  }

  @Test
  void keepsTheRangeAsItIsAndWhatIsSaidOfIt() throws IOException {
    put("a", "outside");
    put("c", "rotten");
    evidence.keep(keep(9, "it differs"), kv);
    put("c", "written over");
    evidence.keep(keep(9, "found again"), kv);
    assertThat(Files.readString(copy(9).resolve("verdict.txt")))
        .startsWith("peer 9 on store 3: it differs")
        .contains("id: 7");
    SimEngine copied = SimEngine.kv();
    copied.ingest(Map.of(Cf.DEFAULT, copy(9).resolve("default.sst")));
    assertThat(copied.get(Cf.DEFAULT, Keys.dataKey(bytes("c")))).isEqualTo(bytes("rotten"));
    assertThat(copied.get(Cf.DEFAULT, Keys.dataKey(bytes("a")))).isNull();
  }

  @Test
  void beginsAnewWhereACrashCameBetween() throws IOException {
    put("c", "rotten");
    Files.createDirectories(copy(9));
    Files.writeString(copy(9).resolve("default.sst"), "half of it");
    evidence.keep(keep(9, "it differs"), kv);
    SimEngine copied = SimEngine.kv();
    copied.ingest(Map.of(Cf.DEFAULT, copy(9).resolve("default.sst")));
    assertThat(copied.get(Cf.DEFAULT, Keys.dataKey(bytes("c")))).isEqualTo(bytes("rotten"));
  }

  /** The copy is for people; at each start the replica would ask for it again. */
  @Test
  void doesWithoutWhereItCannotBeWritten() throws IOException {
    put("c", "rotten");
    Files.createDirectories(folder.getParent());
    Files.writeString(folder, "in the way");
    evidence.keep(keep(9, "it differs"), kv);
    assertThat(folder).hasContent("in the way");

    Files.delete(folder);
    Files.createDirectories(copy(9).resolve("default.sst/in the way"));
    evidence.keep(keep(9, "it differs"), kv);
    assertThat(copy(9).resolve("verdict.txt")).doesNotExist();
  }

  @Test
  void doesWithoutWhereTheDiskHasLittleRoom() throws IOException {
    Path small =
        Jimfs.newFileSystem(Configuration.unix().toBuilder().setMaxSize(1 << 20).build())
            .getPath("/data/quarantine");
    put("c", "rotten".repeat(100_000));
    new Evidence(small, new DiskRoom()).keep(keep(9, "it differs"), kv);
    try (Stream<Path> copies = Files.list(small)) {
      assertThat(copies).isEmpty();
    }
  }

  /** Others come first: the store does without the copy, and a replica not without its data. */
  @Test
  void leavesTheRoomToSnapshotsThatAreOnTheirWay() throws IOException {
    Path small =
        Jimfs.newFileSystem(Configuration.unix().toBuilder().setMaxSize(1 << 20).build())
            .getPath("/data/snap");
    SnapManager manager = new SnapManager(small);
    put("c", "rotten".repeat(40_000));
    assertThat(manager.takeRoom(400_000)).isTrue();
    manager.evidence().keep(keep(9, "it differs"), kv);
    Path verdict = small.resolveSibling("quarantine").resolve("region-7-peer-9/verdict.txt");
    assertThat(verdict).doesNotExist();
    manager.giveRoom(400_000);
    manager.evidence().keep(keep(9, "it differs"), kv);
    assertThat(verdict).exists();
    manager.evidence().keep(keep(8, "it differs"), kv);
    assertThat(manager.takeRoom(200_000)).as("what was copied is not promised any more").isTrue();
  }

  @Test
  void doesNotHideThatTheEngineFails() {
    kv.close();
    assertThatThrownBy(() -> evidence.keep(keep(9, "it differs"), kv))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void doesNotFillTheDisk() throws IOException {
    put("c", "rotten");
    for (long peer = 1; peer <= 20; peer++) {
      evidence.keep(keep(peer, "it differs"), kv);
    }
    try (Stream<Path> copies = Files.list(folder)) {
      assertThat(copies).hasSize(16).contains(copy(1)).doesNotContain(copy(17));
    }
  }
}
