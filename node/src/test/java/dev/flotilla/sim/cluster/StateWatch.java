package dev.flotilla.sim.cluster;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.Keys;
import dev.flotilla.proto.raft_serverpb.PeerState;
import dev.flotilla.proto.raft_serverpb.RegionLocalState;
import java.util.ArrayList;
import java.util.List;

/** Reads what a process writes about its regions, for invariants and for crash points. */
final class StateWatch {
  private static final byte REGION_META = 3;

  private final SimMachine machine;
  private final World world;

  /** Whether this turn has written states but no log. */
  private boolean statesWritten;

  /** Whether this turn has written its log. */
  private boolean logWritten;

  StateWatch(SimMachine machine, World world) {
    this.machine = machine;
    this.world = world;
  }

  void onTurn() {
    statesWritten = false;
    logWritten = false;
  }

  /** A message leaves in the middle of a turn. */
  void onSend() {
    machine.visit(logWritten ? CrashPoint.BEFORE_FOLLOWER_SEND : CrashPoint.BEFORE_LEADER_SEND);
  }

  void beforeTurnWrite(WatchedEngine engine, List<WatchedEngine.StateWrite> states) {
    if (machine.isRaft(engine)) {
      machine.visit(statesWritten ? CrashPoint.RAFT_BETWEEN_SAVE : CrashPoint.RAFT_BEFORE_SAVE);
    } else {
      beforeStates(states);
    }
  }

  void afterTurnWrite(WatchedEngine engine) {
    if (machine.isRaft(engine)) {
      logWritten = true;
      machine.visit(CrashPoint.RAFT_AFTER_SAVE);
    } else {
      statesWritten = true;
    }
  }

  void beforeStates(List<WatchedEngine.StateWrite> states) {
    for (RegionLocalState state : regionStates(states)) {
      machine.visit(
          switch (state.getState()) {
            case Tombstone -> CrashPoint.DESTROY_PEER_BEFORE_SAVE;
            case Applying -> CrashPoint.RAFT_BEFORE_APPLY_SNAP;
            default -> CrashPoint.BEFORE_REGION_CHANGE;
          });
    }
  }

  void afterStates(List<WatchedEngine.StateWrite> states) {
    List<RegionLocalState> changed = regionStates(states);
    if (changed.isEmpty()) {
      return;
    }
    changed.forEach(state -> world.watch().onRegionState(machine.id(), state));
    world.watch().afterRegionStates(machine.id());
    for (RegionLocalState state : changed) {
      machine.visit(
          state.getState() == PeerState.Tombstone
              ? CrashPoint.DESTROY_PEER_AFTER_SAVE
              : CrashPoint.AFTER_REGION_CHANGE);
    }
  }

  private static List<RegionLocalState> regionStates(List<WatchedEngine.StateWrite> states) {
    List<RegionLocalState> found = List.of();
    for (WatchedEngine.StateWrite write : states) {
      byte[] value = write.value();
      if (write.key()[1] == REGION_META && value != null) {
        if (found.isEmpty()) {
          found = new ArrayList<>();
        }
        found.add(parse(value, Keys.regionIdOfStateKey(write.key())));
      }
    }
    return found;
  }

  private static RegionLocalState parse(byte[] value, long regionId) {
    try {
      return RegionLocalState.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw new EngineException("state of region " + regionId + " cannot be read", e);
    }
  }
}
