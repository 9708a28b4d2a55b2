package dev.flotilla.raftstore.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.disk_usage.DiskUsage;
import org.junit.jupiter.api.Test;

class StoreDisksTest {
  private final StoreDisks disks = new StoreDisks(1);

  @Test
  void knowsWhoHasSpaceAndWhoHasItAgain() {
    assertThat(disks.areWell()).isTrue();
    disks.onHeard(2, DiskUsage.AlmostFull);
    disks.onHeard(3, DiskUsage.AlreadyFull);
    assertThat(disks.areWell()).isFalse();
    assertThat(disks.hasSpace(1)).isTrue();
    assertThat(disks.hasSpace(2)).isFalse();
    assertThat(disks.isShort(2, DiskUsage.AlreadyFull)).isFalse();
    assertThat(disks.isShort(3, DiskUsage.AlmostFull)).isTrue();
    disks.onHeard(2, DiskUsage.Normal);
    disks.onHeard(3, DiskUsage.UNRECOGNIZED);
    assertThat(disks.areWell()).as("what a newer version may say is not understood").isTrue();
  }

  /** The driver's orders come as messages of a peer that is here. */
  @Test
  void itsOwnDiskIsNotForMessagesToJudge() {
    disks.onOwn(DiskUsage.AlmostFull);
    disks.onHeard(1, DiskUsage.Normal);
    assertThat(disks.own()).isEqualTo(DiskUsage.AlmostFull);
    disks.onOwn(DiskUsage.Normal);
    assertThat(disks.own()).isEqualTo(DiskUsage.Normal);
  }
}
