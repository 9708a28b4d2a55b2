package dev.flotilla.raftstore.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.engine.EngineException;
import dev.flotilla.raft.Entry;
import dev.flotilla.raft.EntryType;

/** Log entries as stored and sent: {@code eraftpb.Entry}. */
public final class EntryCodec {
  private EntryCodec() {}

  /** The stored form of {@code entry}. */
  public static byte[] encode(Entry entry) {
    return toWire(entry).toByteArray();
  }

  /** The message of {@code entry}, sharing its bytes: both are immutable. */
  static dev.flotilla.proto.eraftpb.Entry toWire(Entry entry) {
    return dev.flotilla.proto.eraftpb.Entry.newBuilder()
        .setEntryTypeValue(entry.type().number())
        .setTerm(entry.term())
        .setIndex(entry.index())
        .setData(SharedBytes.toWire(entry.data()))
        .setContext(SharedBytes.toWire(entry.context()))
        .build();
  }

  /**
   * The entry of {@code wire}, sharing its bytes.
   *
   * @throws IllegalArgumentException when its type is unknown
   */
  static Entry fromWire(dev.flotilla.proto.eraftpb.Entry wire) {
    return new Entry(
        wire.getTerm(),
        wire.getIndex(),
        EntryType.ofNumber(wire.getEntryTypeValue()),
        SharedBytes.fromWire(wire.getData()),
        SharedBytes.fromWire(wire.getContext()));
  }

  /**
   * The entry that was stored.
   *
   * @throws EngineException when the bytes are no entry: the log is damaged
   */
  public static Entry decode(byte[] stored) {
    try {
      return fromWire(dev.flotilla.proto.eraftpb.Entry.parseFrom(stored));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new EngineException("raft log entry cannot be read", e);
    }
  }
}
