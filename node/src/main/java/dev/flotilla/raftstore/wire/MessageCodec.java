package dev.flotilla.raftstore.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.proto.eraftpb.MessageType;
import dev.flotilla.proto.eraftpb.SnapshotMetadata;
import dev.flotilla.proto.raft_serverpb.RaftSnapshotData;
import dev.flotilla.raft.ConfState;
import dev.flotilla.raft.EntryBuffer;
import dev.flotilla.raft.EntryList;
import dev.flotilla.raft.IdSet;
import dev.flotilla.raft.Message;
import dev.flotilla.raft.MsgType;
import dev.flotilla.raft.Payload;
import dev.flotilla.raft.Snapshot;
import dev.flotilla.raft.SnapshotMeta;
import java.util.List;

/**
 * Raft messages as sent: {@code eraftpb.Message}. Entries share their bytes with the message.
 *
 * <p>What the wire has no field for (the commit term, the vote) belongs to switches that are off.
 */
public final class MessageCodec {
  private MessageCodec() {}

  /** The form that goes to another store. */
  public static dev.flotilla.proto.eraftpb.Message toWire(Message message) {
    dev.flotilla.proto.eraftpb.Message.Builder wire =
        dev.flotilla.proto.eraftpb.Message.newBuilder()
            .setMsgTypeValue(message.type().number())
            .setTo(message.to())
            .setFrom(message.from())
            .setTerm(message.term())
            .setLogTerm(message.logTerm())
            .setIndex(message.index())
            .setCommit(message.commit())
            .setReject(message.reject())
            .setRejectHint(message.rejectHint())
            .setPriority(message.priority())
            .setRequestSnapshot(message.requestSnapshot())
            .setContext(SharedBytes.toWire(message.context()));
    EntryList entries = message.entries();
    for (int i = 0; i < entries.size(); i++) {
      wire.addEntries(EntryCodec.toWire(entries.get(i)));
    }
    Snapshot snapshot = message.snapshot();
    if (snapshot != null) {
      wire.setSnapshot(toWire(snapshot));
    }
    return wire.build();
  }

  /**
   * The message that another store sent.
   *
   * @throws IllegalArgumentException when it is none that a store may send
   */
  public static Message fromWire(dev.flotilla.proto.eraftpb.Message wire) {
    MsgType type = MsgType.ofNumber(wire.getMsgTypeValue());
    if (type == null || type.number() > MessageType.MsgRequestPreVoteResponse_VALUE) {
      throw new IllegalArgumentException("unknown raft message type " + wire.getMsgTypeValue());
    }
    Message.Builder message =
        Message.builder(type)
            .to(wire.getTo())
            .from(wire.getFrom())
            .term(wire.getTerm())
            .logTerm(wire.getLogTerm())
            .index(wire.getIndex())
            .commit(wire.getCommit())
            .reject(wire.getReject())
            .rejectHint(wire.getRejectHint())
            .priority(wire.getPriority())
            .context(SharedBytes.fromWire(wire.getContext()));
    if (wire.getEntriesCount() > 0) {
      EntryBuffer entries = new EntryBuffer(wire.getEntriesCount());
      for (int i = 0; i < wire.getEntriesCount(); i++) {
        entries.add(EntryCodec.fromWire(wire.getEntries(i)));
      }
      message.entries(entries.drain());
    }
    if (wire.getRequestSnapshot() != 0) {
      message.requestSnapshot(wire.getRequestSnapshot());
    }
    if (wire.hasSnapshot()) {
      message.snapshot(fromWire(wire.getSnapshot()));
    }
    return message.build();
  }

  private static dev.flotilla.proto.eraftpb.Snapshot toWire(Snapshot snapshot) {
    return dev.flotilla.proto.eraftpb.Snapshot.newBuilder()
        .setData(SharedBytes.toWire(snapshot.data()))
        .setMetadata(
            SnapshotMetadata.newBuilder()
                .setIndex(snapshot.index())
                .setTerm(snapshot.term())
                .setConfState(toWire(snapshot.meta().confState())))
        .build();
  }

  private static Snapshot fromWire(dev.flotilla.proto.eraftpb.Snapshot wire) {
    SnapshotMetadata meta = wire.getMetadata();
    return new Snapshot(
        new SnapshotMeta(meta.getIndex(), meta.getTerm(), fromWire(meta.getConfState())),
        Payload.of(wire.getData().toByteArray()));
  }

  private static dev.flotilla.proto.eraftpb.ConfState toWire(ConfState state) {
    dev.flotilla.proto.eraftpb.ConfState.Builder wire =
        dev.flotilla.proto.eraftpb.ConfState.newBuilder().setAutoLeave(state.autoLeave());
    for (long id : state.voters().toArray()) {
      wire.addVoters(id);
    }
    for (long id : state.learners().toArray()) {
      wire.addLearners(id);
    }
    for (long id : state.votersOutgoing().toArray()) {
      wire.addVotersOutgoing(id);
    }
    for (long id : state.learnersNext().toArray()) {
      wire.addLearnersNext(id);
    }
    return wire.build();
  }

  private static ConfState fromWire(dev.flotilla.proto.eraftpb.ConfState wire) {
    return new ConfState(
        ids(wire.getVotersList()),
        ids(wire.getLearnersList()),
        ids(wire.getVotersOutgoingList()),
        ids(wire.getLearnersNextList()),
        wire.getAutoLeave());
  }

  private static IdSet ids(List<Long> wire) {
    return IdSet.of(wire.stream().mapToLong(Long::longValue).toArray());
  }

  /**
   * What a snapshot message says of the data that comes beside it.
   *
   * @throws IllegalArgumentException when it says nothing that can be read
   */
  public static RaftSnapshotData snapshotData(Snapshot snapshot) {
    try {
      return RaftSnapshotData.parseFrom(snapshot.data().toByteArray());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("snapshot without a description", e);
    }
  }
}
