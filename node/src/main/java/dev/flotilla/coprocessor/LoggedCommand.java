package dev.flotilla.coprocessor;

import dev.flotilla.coprocessor.api.AppliedQuery;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.Request;

/** A committed write, to look at. */
final class LoggedCommand extends CommandView implements AppliedQuery {
  private final RaftCmdRequest command;
  private final long index;
  private final long term;

  LoggedCommand(RaftCmdRequest command, long index, long term) {
    this.command = command;
    this.index = index;
    this.term = term;
  }

  @Override
  Request request(int at) {
    return command.getRequests(at);
  }

  @Override
  public int size() {
    return command.getRequestsCount();
  }

  @Override
  public long index() {
    return index;
  }

  @Override
  public long term() {
    return term;
  }
}
