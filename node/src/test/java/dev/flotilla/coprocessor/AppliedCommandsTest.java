package dev.flotilla.coprocessor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import com.sun.management.ThreadMXBean;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AppliedCommandsTest {
  private static final int COMMANDS = 10_000;

  /** Counted by their keys and values alone, small writes would fill ten times what they may. */
  @Test
  void smallWritesCountAsTheyLieInTheMemory() throws Exception {
    byte[] entry = Commands.command(Commands.put("k", "v")).toByteArray();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    List<AppliedCommands.Command> commands = new ArrayList<>(COMMANDS);
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < COMMANDS; i++) {
      CodedInputStream input = UnsafeByteOperations.unsafeWrap(entry.clone()).newCodedInput();
      input.enableAliasing(true);
      commands.add(new AppliedCommands.Command(i, 6, RaftCmdRequest.parseFrom(input)));
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    // Some of what was allocated to read it is garbage.
    assertThat(new AppliedCommands(Commands.REGION, 0, COMMANDS, commands).bytes())
        .isBetween(allocated / 3, allocated);
  }
}
