package dev.flotilla.raftstore.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.proto.eraftpb.ConfChangeSingle;
import dev.flotilla.proto.eraftpb.ConfChangeTransition;
import dev.flotilla.proto.eraftpb.ConfChangeType;
import dev.flotilla.proto.eraftpb.ConfChangeV2;
import dev.flotilla.raft.ConfChange;
import dev.flotilla.raft.ConfChangeCodec;
import dev.flotilla.raft.EntryType;
import dev.flotilla.raft.Payload;
import java.util.ArrayList;
import java.util.List;

/** Conf changes as {@code eraftpb} messages. */
public final class EraftConfChangeCodec implements ConfChangeCodec {
  @Override
  public Payload encode(ConfChange change) {
    if (change instanceof ConfChange.V1 v1) {
      return Payload.of(
          dev.flotilla.proto.eraftpb.ConfChange.newBuilder()
              .setChangeType(toWire(v1.type()))
              .setNodeId(v1.nodeId())
              .setContext(SharedBytes.toWire(v1.context()))
              .build()
              .toByteArray());
    }
    ConfChangeV2.Builder wire =
        ConfChangeV2.newBuilder()
            .setTransition(toWire(change.transition()))
            .setContext(SharedBytes.toWire(change.context()));
    for (ConfChange.Single single : change.changes()) {
      wire.addChanges(
          ConfChangeSingle.newBuilder()
              .setChangeType(toWire(single.type()))
              .setNodeId(single.nodeId()));
    }
    return Payload.of(wire.build().toByteArray());
  }

  @Override
  public ConfChange decode(EntryType type, Payload data) {
    try {
      return type == EntryType.CONF_CHANGE ? decodeV1(data) : decodeV2(data);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("not a conf change", e);
    }
  }

  private static ConfChange decodeV1(Payload data) throws InvalidProtocolBufferException {
    dev.flotilla.proto.eraftpb.ConfChange wire =
        dev.flotilla.proto.eraftpb.ConfChange.parseFrom(data.toByteArray());
    return new ConfChange.V1(
        fromWire(wire.getChangeType()), wire.getNodeId(), SharedBytes.fromWire(wire.getContext()));
  }

  private static ConfChange decodeV2(Payload data) throws InvalidProtocolBufferException {
    ConfChangeV2 wire = ConfChangeV2.parseFrom(data.toByteArray());
    List<ConfChange.Single> changes = new ArrayList<>(wire.getChangesCount());
    for (ConfChangeSingle single : wire.getChangesList()) {
      changes.add(new ConfChange.Single(fromWire(single.getChangeType()), single.getNodeId()));
    }
    return new ConfChange.V2(
        fromWire(wire.getTransition()), changes, SharedBytes.fromWire(wire.getContext()));
  }

  private static ConfChangeType toWire(ConfChange.Type type) {
    return switch (type) {
      case ADD_NODE -> ConfChangeType.AddNode;
      case REMOVE_NODE -> ConfChangeType.RemoveNode;
      case ADD_LEARNER_NODE -> ConfChangeType.AddLearnerNode;
      case UPDATE_NODE -> throw new IllegalArgumentException("an update has no wire form");
    };
  }

  private static ConfChange.Type fromWire(ConfChangeType type) {
    return switch (type) {
      case AddNode -> ConfChange.Type.ADD_NODE;
      case RemoveNode -> ConfChange.Type.REMOVE_NODE;
      case AddLearnerNode -> ConfChange.Type.ADD_LEARNER_NODE;
      case UNRECOGNIZED -> throw new IllegalArgumentException("unknown conf change type");
    };
  }

  private static ConfChangeTransition toWire(ConfChange.Transition transition) {
    return switch (transition) {
      case AUTO -> ConfChangeTransition.Auto;
      case JOINT_IMPLICIT -> ConfChangeTransition.Implicit;
      case JOINT_EXPLICIT -> ConfChangeTransition.Explicit;
    };
  }

  private static ConfChange.Transition fromWire(ConfChangeTransition transition) {
    return switch (transition) {
      case Auto -> ConfChange.Transition.AUTO;
      case Implicit -> ConfChange.Transition.JOINT_IMPLICIT;
      case Explicit -> ConfChange.Transition.JOINT_EXPLICIT;
      case UNRECOGNIZED -> throw new IllegalArgumentException("unknown conf change transition");
    };
  }
}
