package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.config.HostPort;
import dev.flotilla.security.StoreNames;
import dev.flotilla.verticle.cluster.Members.Member;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MembersFileTest {
  @TempDir private Path folder;

  private static Member member(long storeId) {
    return new Member(storeId, new HostPort("127.0.0.1", (int) storeId), 7);
  }

  @Test
  void remembersWhoIsWhereAndByWhatName() {
    StoreNames names = new StoreNames(true);
    names.record(1, "node-1");
    names.record(2, "node two");
    names.record(3, "");
    List<Member> members = List.of(member(1), member(2), member(3));
    new MembersFile(folder).write(() -> members, names);

    StoreNames read = new StoreNames(true);
    assertThat(new MembersFile(folder).read(read)).isEqualTo(members);
    assertThat(read.find(1)).isEqualTo("node-1");
    assertThat(read.find(2)).isEqualTo("node two");
    assertThat(read.find(3)).isEmpty();
  }

  /** A loss of power would leave a name without content otherwise, and everyone forgotten. */
  @Test
  void makesWhatItWritesDurable() throws Exception {
    StoreNames names = new StoreNames(true);
    names.record(1, "node-1");
    Path events = folder.resolve("events.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("jdk.FileForce").withoutThreshold();
      recording.start();
      new MembersFile(folder).write(() -> List.of(member(1)), names);
      recording.stop();
      recording.dump(events);
    }
    assertThat(RecordingFile.readAllEvents(events))
        .extracting(event -> event.getString("path"))
        .contains(folder.resolve("members.tmp").toString());
  }

  /** A restart would take it for one that has no name, for which anybody may speak. */
  @Test
  void leavesOutWhoseNameIsNotKnownYet() {
    new MembersFile(folder).write(() -> List.of(member(1)), new StoreNames(true));
    assertThat(new MembersFile(folder).read(new StoreNames(true))).isEmpty();
  }

  @Test
  void passesOverWhatItCannotRead() throws Exception {
    Files.writeString(folder.resolve("members"), "1 127.0.0.1:1 7 node-1\nnonsense\n2 x 3\n");
    StoreNames read = new StoreNames(true);
    assertThat(new MembersFile(folder).read(read)).containsExactly(member(1));
    assertThat(read.find(2)).isNull();
  }
}
