package dev.flotilla.raftstore.peer;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Keys;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.raftstore.Refusal;

/**
 * What a command is, and that it is well formed. What passes here can be logged: apply may still
 * refuse it, but alike on every replica.
 */
public enum CommandKind {
  READ,
  WRITE,
  CONF_CHANGE,
  TRANSFER_LEADER;

  /**
   * Returns the kind of {@code command}.
   *
   * @throws Refusal.Invalid when it is neither, or both, or breaks a rule of its requests
   */
  public static CommandKind of(RaftCmdRequest command) {
    if (command.hasAdminRequest()) {
      return ofAdmin(command.getAdminRequest().getCmdType());
    }
    int reads = 0;
    int guards = 0;
    int sweeps = 0;
    for (int i = 0; i < command.getRequestsCount(); i++) {
      Request request = command.getRequests(i);
      CmdType type = request.getCmdType();
      switch (type) {
        case Get, Snap -> reads++;
        case Guard -> {
          // Guards look at the engine, not at what the command has written so far.
          if (guards++ != i) {
            throw new Refusal.Invalid("guards must come first");
          }
          check(request.getGuard().getCf(), request.getGuard().getKey().size());
        }
        case Put -> check(request.getPut().getCf(), request.getPut().getKey().size());
        case Delete -> {
          check(request.getDelete().getCf(), request.getDelete().getKey().size());
          if (request.getDelete().getOnlyIfExpired()) {
            sweeps++;
          }
        }
        case DeleteRange -> {
          check(request.getDeleteRange().getCf(), request.getDeleteRange().getStartKey().size());
          check(request.getDeleteRange().getCf(), request.getDeleteRange().getEndKey().size());
        }
        case CompareAndSwap -> {
          check(request.getCompareAndSwap().getCf(), request.getCompareAndSwap().getKey().size());
          if (command.getRequestsCount() > 1) {
            throw new Refusal.Invalid("compare and swap must be alone in its command");
          }
        }
        default -> throw new Refusal.Invalid("invalid command type " + type.name());
      }
    }
    if (command.getRequestsCount() == 0) {
      throw new Refusal.Invalid("command without requests");
    }
    if (reads > 0 && reads < command.getRequestsCount()) {
      throw new Refusal.Invalid("read and write cannot be mixed in one command");
    }
    // They look at the engine, too, and would not see what the command has put.
    if (sweeps > 0 && sweeps < command.getRequestsCount()) {
      throw new Refusal.Invalid("deletes of expired keys must be among themselves");
    }
    return reads > 0 ? READ : WRITE;
  }

  private static CommandKind ofAdmin(AdminCmdType type) {
    return switch (type) {
      case CompactLog, ComputeHash, VerifyHash, Split, BatchSplit -> WRITE;
      case ChangePeer, ChangePeerV2 -> CONF_CHANGE;
      case TransferLeader -> TRANSFER_LEADER;
      default -> throw new Refusal.Invalid("admin command is not supported: " + type.name());
    };
  }

  private static void check(String cf, int keyBytes) {
    if (keyBytes > Keys.USER_KEY_BYTES_MAX) {
      throw new Refusal.Invalid(
          "key is too long: " + keyBytes + " bytes, at most " + Keys.USER_KEY_BYTES_MAX);
    }
    if (Cf.of(cf).filter(Cf::isUserData).isEmpty()) {
      throw new Refusal.Invalid("unknown column family " + cf);
    }
  }
}
