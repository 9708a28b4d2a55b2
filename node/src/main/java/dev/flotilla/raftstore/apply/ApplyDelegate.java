package dev.flotilla.raftstore.apply;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.AdminResponse;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.proto.raft_cmdpb.RaftResponseHeader;
import dev.flotilla.proto.raft_serverpb.RaftTruncatedState;
import dev.flotilla.raft.Entry;
import dev.flotilla.raft.Payload;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Epochs;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Regions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies one region's committed entries. Owns the region as of the applied index, which is ahead
 * of what the store loop sees.
 */
final class ApplyDelegate {
  private final long peerId;
  private final Region region;
  private final ApplyPosition position;
  private final PendingCommands pending = new PendingCommands();
  private final WriteExecutor executor;
  private final CoprocessorHost coprocessors;

  /** Raft term that the store last told; goes into answers. */
  private long term;

  /** Of the command being executed; counts only once the command is known to stay. */
  private final ApplyMetrics commandMetrics = new ApplyMetrics();

  private ApplyMetrics metrics = new ApplyMetrics();
  private List<ExecResult> results = new ArrayList<>();
  private RaftResponseHeader header;

  ApplyDelegate(
      ApplyTask.Registration registration, WriteExecutor executor, CoprocessorHost coprocessors) {
    this.peerId = registration.peerId();
    this.region = registration.region();
    this.position = new ApplyPosition(registration.applyState(), registration.appliedTerm());
    this.executor = executor;
    this.coprocessors = coprocessors;
    this.term = registration.term();
    this.header = headerOf(term);
  }

  long peerId() {
    return peerId;
  }

  PendingCommands pending() {
    return pending;
  }

  /** Applies {@code entries} into {@code batch}, writing it in between where it must be. */
  void apply(ApplyTask.Entries entries, ApplyBatch batch) {
    if (entries.term() != term) {
      term = entries.term();
      header = headerOf(term);
    }
    for (Entry entry : entries.entries()) {
      apply(entry, batch);
    }
    batch.putPosition(region.getId(), position);
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
            metrics);
    results = new ArrayList<>();
    metrics = new ApplyMetrics();
    return result;
  }

  private void apply(Entry entry, ApplyBatch batch) {
    if (entry.data().length() == 0) {
      // A new leader's first entry: whatever older leaders had not logged by a quorum is lost.
      position.advance(entry.index(), entry.term());
      pending.refuseOlderThan(entry.term());
      return;
    }
    RaftCmdRequest command = decode(entry.data());
    if (batch.isFull() || WriteExecutor.reads(command)) {
      batch.putPosition(region.getId(), position);
      batch.write();
    }
    position.advance(entry.index(), entry.term());
    Callback callback = pending.take(entry.index(), entry.term());
    execute(entry, command, batch, callback);
  }

  /**
   * Where a refused command and a broken replica part ways. A {@link Refusal} is one that every
   * replica reaches alike: undo this command, tell the client, go on. Anything else may have
   * happened on this replica alone; it propagates and stops the store, because going on would
   * diverge.
   */
  private void execute(
      Entry entry, RaftCmdRequest command, ApplyBatch batch, @Nullable Callback callback) {
    long stampMillis = position.advanceStamp(command.getHeader().getProposedAt());
    boolean observed = coprocessors.observesApply() && !Regions.isSystem(region);
    if (observed) {
      coprocessors.preApply(region, entry.index(), entry.term(), stampMillis, command);
    }
    batch.writes().setSavePoint();
    commandMetrics.clear();
    RaftCmdResponse.Builder response;
    try {
      Epochs.check(command, region);
      response =
          command.hasAdminRequest()
              ? executeAdmin(command.getAdminRequest())
              : executor.execute(command, region, stampMillis, batch.writes(), commandMetrics);
    } catch (Refusal refusal) {
      batch.writes().rollbackToSavePoint();
      if (callback != null) {
        callback.refused(refusal);
      }
      return;
    }
    batch.writes().popSavePoint();
    metrics.add(commandMetrics);
    batch.answerLater(
        callback,
        response.setHeader(header).build(),
        observed
            ? new ApplyBatch.AppliedCommand(region, entry.index(), entry.term(), command)
            : null);
  }

  private RaftCmdResponse.Builder executeAdmin(AdminRequest admin) {
    if (admin.getCmdType() != AdminCmdType.CompactLog) {
      throw new Refusal.Invalid("admin command is not supported: " + admin.getCmdType().name());
    }
    RaftTruncatedState truncated =
        CompactLogExecutor.execute(
            admin.getCompactLog(), position.truncated(), position.appliedIndex());
    if (truncated != null) {
      position.truncate(truncated);
      results.add(new ExecResult.CompactLog(truncated));
    }
    return RaftCmdResponse.newBuilder()
        .setAdminResponse(AdminResponse.newBuilder().setCmdType(AdminCmdType.CompactLog));
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
