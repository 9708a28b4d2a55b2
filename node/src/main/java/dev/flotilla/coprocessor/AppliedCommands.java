package dev.flotilla.coprocessor;

import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import java.util.List;

/**
 * The writes of a region that took effect between two positions of its log.
 *
 * @param region as of {@code last}
 * @param after each write behind this index is in {@code commands}
 * @param last index up to which
 * @param commands in the order of the log; may be empty
 */
public record AppliedCommands(Region region, long after, long last, List<Command> commands) {

  /** What the objects of a command take beside the bytes of its entry, about. */
  private static final int COMMAND_BYTES = 350;

  /** The same of each of its requests. */
  private static final int REQUEST_BYTES = 200;

  /** A write at its place in the log. */
  public record Command(long index, long term, RaftCmdRequest request) {}

  /** A position alone. */
  public static AppliedCommands at(Region region, long index) {
    return new AppliedCommands(region, index, index, List.of());
  }

  /** About what the batch takes of the memory, in bytes. */
  public long bytes() {
    long bytes = region.getSerializedSize();
    for (Command command : commands) {
      RaftCmdRequest request = command.request();
      bytes += request.getSerializedSize() + COMMAND_BYTES;
      bytes += (long) request.getRequestsCount() * REQUEST_BYTES;
    }
    return bytes;
  }
}
