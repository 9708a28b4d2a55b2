package dev.flotilla.raftstore.apply;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.flotilla.coprocessor.AppliedCommands;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.Registration;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.ChangePeerV2Request;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.proto.raft_cmdpb.RaftResponseHeader;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.raft.ConfChange;
import dev.flotilla.raft.Entry;
import dev.flotilla.raft.Payload;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Epochs;
import dev.flotilla.raftstore.Quarantine;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.RegionMembers;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.wire.EraftConfChangeCodec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Applies one region's committed entries. Owns the region as of the applied index, which is ahead
 * of what the store loop sees.
 */
final class ApplyDelegate {
  private static final EraftConfChangeCodec CONF_CHANGES = new EraftConfChangeCodec();

  /** What an empty membership change, made by raft itself, stands for. */
  private static final RaftCmdRequest LEAVE_JOINT =
      RaftCmdRequest.newBuilder()
          .setAdminRequest(
              AdminRequest.newBuilder()
                  .setCmdType(AdminCmdType.ChangePeerV2)
                  .setChangePeerV2(ChangePeerV2Request.getDefaultInstance()))
          .build();

  private final long peerId;
  private final ApplyPosition position;
  private final PendingCommands pending = new PendingCommands();
  private final WriteExecutor executor;
  private final AdminExecutor admins;
  private final CoprocessorHost coprocessors;
  private final AppliedWrites writes;

  private Region region;

  /** Whether this replica was removed from its region: nothing more is applied. */
  private boolean removed;

  /** Raft term that the store last told; goes into answers. */
  private long term;

  /** Of the command being executed; counts only once the command is known to stay. */
  private final ApplyMetrics commandMetrics = new ApplyMetrics();

  private ApplyMetrics metrics = new ApplyMetrics();
  private List<ExecResult> results = new ArrayList<>();
  private boolean awaited;
  private RaftResponseHeader header;

  ApplyDelegate(
      ApplyTask.Registration registration,
      WriteExecutor executor,
      AdminExecutor admins,
      CoprocessorHost coprocessors) {
    this.peerId = registration.peerId();
    this.region = registration.region();
    this.position = new ApplyPosition(registration.applyState(), registration.appliedTerm());
    this.executor = executor;
    this.admins = admins;
    this.coprocessors = coprocessors;
    this.writes = new AppliedWrites(coprocessors);
    this.term = registration.term();
    this.header = headerOf(term);
    writes.start(region, position.appliedIndex());
  }

  long peerId() {
    return peerId;
  }

  PendingCommands pending() {
    return pending;
  }

  /** Whether this replica was removed; it is of no more use. */
  boolean isRemoved() {
    return removed;
  }

  /** Applies {@code entries} into {@code batch}, writing it in between where it must be. */
  void apply(ApplyTask.Entries entries, ApplyBatch batch) {
    if (entries.term() != term) {
      term = entries.term();
      header = headerOf(term);
    }
    awaited |= entries.awaited();
    writes.begin(region, position.appliedIndex());
    for (Entry entry : entries.entries()) {
      if (removed) {
        return;
      }
      apply(entry, batch);
    }
    if (!removed) {
      batch.putPosition(region.getId(), position);
    }
  }

  /** What was applied is in the engine. */
  void onWritten() {
    writes.flush(region, position.appliedIndex());
  }

  /** Tells {@code newcomers}, who have come into use, how far this is; all of it is written. */
  void showTo(Set<Registration> newcomers) {
    if (!Regions.isSystem(region)) {
      coprocessors.show(newcomers, AppliedCommands.at(region, position.appliedIndex()));
    }
  }

  /** The store loop wants to know at once how far this is. */
  void await() {
    awaited = true;
  }

  /** What happened since the last call, for the store loop. */
  ApplyResult.Applied takeResult() {
    ApplyResult.Applied result =
        new ApplyResult.Applied(
            region.getId(),
            peerId,
            position.toState(),
            position.appliedTerm(),
            List.copyOf(results),
            metrics,
            awaited);
    awaited = false;
    results = new ArrayList<>();
    metrics = new ApplyMetrics();
    return result;
  }

  private void apply(Entry entry, ApplyBatch batch) {
    ConfChange change = null;
    RaftCmdRequest command;
    if (entry.type().isConfChange()) {
      change = CONF_CHANGES.decode(entry.type(), entry.data());
      command = change.leavesJoint() ? LEAVE_JOINT : decode(change.context());
    } else if (entry.data().length() == 0) {
      // A new leader's first entry: whatever older leaders had not logged by a quorum is lost.
      position.advance(entry.index(), entry.term());
      pending.refuseOlderThan(entry.term());
      return;
    } else {
      command = decode(entry.data());
    }
    if (batch.isFull() || reads(command)) {
      batch.putPosition(region.getId(), position);
      batch.write();
    }
    position.advance(entry.index(), entry.term());
    Callback callback = pending.take(entry.index(), entry.term());
    if (callback != null
        && Quarantine.isOutOfService(region, peerId)
        && !command.hasAdminRequest()) {
      // The command counts; what this replica's data says of its outcome does not.
      callback.refused(new Refusal.Undetermined("the replica that took the command is wrong"));
      callback = null;
    }
    execute(entry, command, change, batch, callback);
  }

  private static boolean reads(RaftCmdRequest command) {
    return command.hasAdminRequest()
        ? AdminExecutor.reads(command.getAdminRequest())
        : WriteExecutor.reads(command);
  }

  /**
   * Where a refused command and a broken replica part ways. A {@link Refusal} is one that every
   * replica reaches alike: undo this command, tell the client, go on. Anything else may have
   * happened on this replica alone; it propagates and stops the store, because going on would
   * diverge.
   */
  private void execute(
      Entry entry,
      RaftCmdRequest command,
      @Nullable ConfChange change,
      ApplyBatch batch,
      @Nullable Callback callback) {
    long stampMillis = position.advanceStamp(command.getHeader().getProposedAt());
    boolean observed = coprocessors.observesApply() && !Regions.isSystem(region);
    if (observed) {
      coprocessors.preApply(region, entry.index(), entry.term(), stampMillis, command);
    }
    List<Request> effective = writes.isCollecting() ? new ArrayList<>() : null;
    batch.writes().setSavePoint();
    commandMetrics.clear();
    Region before = region;
    RaftCmdResponse.Builder response;
    try {
      if (change == null || !change.leavesJoint()) {
        Epochs.check(command, region);
      }
      response =
          command.hasAdminRequest()
              ? executeAdmin(command.getAdminRequest(), change, batch)
              : executor.execute(
                  command, region, stampMillis, batch.writes(), commandMetrics, effective);
    } catch (Refusal refusal) {
      batch.writes().rollbackToSavePoint();
      if (callback != null) {
        callback.refused(refusal);
      }
      return;
    }
    batch.writes().popSavePoint();
    metrics.add(commandMetrics);
    if (effective != null && !effective.isEmpty()) {
      writes.add(entry.index(), entry.term(), command, effective);
    }
    batch.answerLater(
        callback,
        response.setHeader(header).build(),
        observed
            ? new ApplyBatch.AppliedCommand(before, entry.index(), entry.term(), command)
            : null);
  }

  private RaftCmdResponse.Builder executeAdmin(
      AdminRequest admin, @Nullable ConfChange change, ApplyBatch batch) {
    AdminExecutor.Outcome outcome = admins.execute(admin, change, region, peerId, position, batch);
    ExecResult result = outcome.result();
    if (result != null) {
      results.add(result);
      if (result instanceof ExecResult.ChangePeer changed) {
        region = changed.region();
        removed = RegionMembers.find(region, peerId) == null;
      } else if (result instanceof ExecResult.Split split) {
        region = split.derived();
      } else if (result instanceof ExecResult.VerifyHash verify && verify.changed() != null) {
        region = verify.changed();
      }
    }
    if (AdminExecutor.mustSync(admin)) {
      batch.requireSync();
    }
    return RaftCmdResponse.newBuilder().setAdminResponse(outcome.response());
  }

  /** The command shares the entry's bytes; both are immutable. */
  private static RaftCmdRequest decode(Payload data) {
    CodedInputStream input =
        UnsafeByteOperations.unsafeWrap(data.array(), data.offset(), data.length()).newCodedInput();
    input.enableAliasing(true);
    try {
      return RaftCmdRequest.parseFrom(input);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("committed entry is no command", e);
    } catch (IOException e) {
      throw new AssertionError("reading from memory failed", e);
    }
  }

  private static RaftResponseHeader headerOf(long term) {
    return RaftResponseHeader.newBuilder().setCurrentTerm(term).build();
  }
}
