package dev.flotilla.raftstore;

import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Keeps the one answer of a command; a second one fails the test. */
public final class RecordingCallback implements Callback {
  private int answers;
  private @Nullable RaftCmdResponse response;
  private @Nullable Refusal refusal;

  @Override
  public void done(RaftCmdResponse answer) {
    answerOnce();
    response = answer;
  }

  @Override
  public void readable(ReadGrant grant) {
    answerOnce();
    grant.close();
  }

  @Override
  public void refused(Refusal reason) {
    answerOnce();
    refusal = reason;
  }

  private void answerOnce() {
    if (++answers > 1) {
      throw new AssertionError("answered twice");
    }
  }

  public boolean isAnswered() {
    return answers > 0;
  }

  /** The answer of a command that was carried out. */
  public RaftCmdResponse response() {
    return Objects.requireNonNull(response, "not carried out");
  }

  /** Why the command was refused. */
  public Refusal refusal() {
    return Objects.requireNonNull(refusal, "not refused");
  }
}
