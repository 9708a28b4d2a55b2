package dev.flotilla.raftstore.storage;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.flotilla.engine.EngineException;
import dev.flotilla.raft.Entry;
import dev.flotilla.raft.EntryType;
import dev.flotilla.raft.Payload;

/** Log entries as stored: {@code eraftpb.Entry}. */
final class EntryCodec {
  private EntryCodec() {}

  static byte[] encode(Entry entry) {
    return dev.flotilla.proto.eraftpb.Entry.newBuilder()
        .setEntryTypeValue(entry.type().number())
        .setTerm(entry.term())
        .setIndex(entry.index())
        .setData(wrap(entry.data()))
        .setContext(wrap(entry.context()))
        .build()
        .toByteArray();
  }

  /**
   * @throws EngineException when the bytes are no entry: the log is damaged
   */
  static Entry decode(byte[] stored) {
    dev.flotilla.proto.eraftpb.Entry entry;
    try {
      entry = dev.flotilla.proto.eraftpb.Entry.parseFrom(stored);
    } catch (InvalidProtocolBufferException e) {
      throw new EngineException("raft log entry cannot be read", e);
    }
    return new Entry(
        entry.getTerm(),
        entry.getIndex(),
        typeOf(entry),
        Payload.of(entry.getData().toByteArray()),
        Payload.of(entry.getContext().toByteArray()));
  }

  private static EntryType typeOf(dev.flotilla.proto.eraftpb.Entry entry) {
    try {
      return EntryType.ofNumber(entry.getEntryTypeValue());
    } catch (IllegalArgumentException e) {
      throw new EngineException("raft log entry " + entry.getIndex() + " cannot be read", e);
    }
  }

  /** Payloads are immutable, so the message may share their bytes. */
  private static ByteString wrap(Payload payload) {
    return payload.isEmpty()
        ? ByteString.EMPTY
        : UnsafeByteOperations.unsafeWrap(payload.array(), payload.offset(), payload.length());
  }
}
