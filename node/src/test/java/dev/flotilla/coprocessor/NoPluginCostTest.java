package dev.flotilla.coprocessor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.flotilla.coprocessor.api.RegionChange;
import dev.flotilla.coprocessor.api.Role;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

class NoPluginCostTest {
  private static final int CALLS = 20_000;

  private final CoprocessorHost host = CoprocessorHost.withBuiltIns();
  private final RaftCmdRequest command = Commands.command(Commands.put("k", "v"));
  private final RaftCmdResponse response = RaftCmdResponse.getDefaultInstance();
  private final ReadCall read = ReadCall.Get.of("default", Commands.text("k"));
  private final List<ReadPair> found = List.of();
  private final RegionChange change = new RegionChange(RegionChange.Kind.UPDATED, Role.LEADER);

  @Test
  void withoutPluginsNothingIsAllocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    callAll();
    long before = threads.getCurrentThreadAllocatedBytes();
    callAll();
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    // Reading the counter may allocate a little; one object a call would be hundreds of thousands.
    assertThat(allocated).isLessThan(CALLS);
  }

  @SuppressWarnings("ReferenceEquality")
  private void callAll() {
    for (int i = 0; i < CALLS; i++) {
      boolean same =
          host.preProposeQuery(Commands.REGION, 6, command) == command
              && host.postApply(Commands.REGION, i, 6, command, response, true) == response
              && host.preRead(Commands.REGION, 6, read) == read
              && host.postRead(Commands.REGION, 6, read, found) == found
              && !host.observesApply()
              && !host.observesReads()
              && host.splitCheck(Commands.REGION, 6) == null;
      host.preApply(Commands.REGION, i, 6, 0, command);
      host.onRoleChange(Commands.REGION, 6, true);
      host.onAppliedCurrentTerm(Commands.REGION, 6);
      host.onRegionChanged(Commands.REGION, 6, change);
      host.preApplySnapshot(Commands.REGION, i, 6);
      if (!same) {
        throw new AssertionError("not the same instance");
      }
    }
  }
}
