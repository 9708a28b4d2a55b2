package dev.flotilla.raftstore.apply;

import dev.flotilla.coprocessor.AppliedCommands;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.raftstore.Regions;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the writes of one region for observers that are shown them in batches. Invariant: a
 * batch holds each write behind the position at which it begins, whoever has come to observe
 * meanwhile.
 */
final class AppliedWrites {
  private final CoprocessorHost coprocessors;
  private List<AppliedCommands.Command> commands = new ArrayList<>();

  /** Whether each write behind {@link #after} is collected. */
  private boolean collecting;

  /** The position at which the next batch begins. */
  private long after;

  /** Version of the region when it was last shown. */
  private long version;

  AppliedWrites(CoprocessorHost coprocessors) {
    this.coprocessors = coprocessors;
  }

  /** Entries behind {@code applied} are about to be applied. */
  void begin(Region region, long applied) {
    boolean observed = coprocessors.observesBatches() && !Regions.isSystem(region);
    if (!observed) {
      commands.clear();
    } else if (!collecting) {
      after = applied;
      version = versionOf(region);
    }
    collecting = observed;
  }

  boolean isCollecting() {
    return collecting;
  }

  /** Those of the requests of {@code command} that are {@code effective} have taken effect. */
  void add(long index, long term, RaftCmdRequest command, List<Request> effective) {
    RaftCmdRequest shown =
        effective.size() == command.getRequestsCount()
            ? command
            : command.toBuilder().clearRequests().addAllRequests(effective).build();
    commands.add(new AppliedCommands.Command(index, term, shown));
  }

  /**
   * What was collected is in the engine, up to {@code last}. A region with another range is shown
   * though nothing was written: what was shown of it before opens its data no more.
   */
  void flush(Region region, long last) {
    if (collecting && (!commands.isEmpty() || version != versionOf(region))) {
      coprocessors.onApplied(new AppliedCommands(region, after, last, commands));
      commands = new ArrayList<>();
      after = last;
      version = versionOf(region);
    }
  }

  private static long versionOf(Region region) {
    return region.getRegionEpoch().getVersion();
  }

  /** The region is shown from here on. */
  void start(Region region, long applied) {
    begin(region, applied);
    if (collecting) {
      coprocessors.onApplied(AppliedCommands.at(region, applied));
    }
  }
}
