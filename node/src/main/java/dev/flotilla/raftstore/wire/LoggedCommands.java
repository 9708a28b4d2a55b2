package dev.flotilla.raftstore.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.flotilla.engine.EngineException;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.raft.Entry;
import dev.flotilla.raft.EntryList;
import java.io.IOException;

/** What can be told of logged commands without reading them whole. */
public final class LoggedCommands {
  private LoggedCommands() {}

  /**
   * Whether one of {@code entries} changes more than data: the members, the range, the log.
   *
   * @throws EngineException when one holds no command: the log is damaged
   */
  public static boolean haveAdmin(EntryList entries) {
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      if (entry.type().isConfChange() || has(entry, RaftCmdRequest.ADMIN_REQUEST_FIELD_NUMBER)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether one of {@code entries} changes data.
   *
   * @throws EngineException when one holds no command: the log is damaged
   */
  public static boolean haveData(EntryList entries) {
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      if (!entry.type().isConfChange() && has(entry, RaftCmdRequest.REQUESTS_FIELD_NUMBER)) {
        return true;
      }
    }
    return false;
  }

  private static boolean has(Entry entry, int field) {
    CodedInputStream in = SharedBytes.toWire(entry.data()).newCodedInput();
    try {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (WireFormat.getTagFieldNumber(tag) == field) {
          return true;
        }
        in.skipField(tag);
      }
    } catch (IOException e) {
      throw new EngineException("logged command cannot be read", e);
    }
    return false;
  }
}
