package dev.flotilla.sim;

import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Refusal;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Keeps the one answer of a command; a second one fails the test. */
final class SimCallback implements Callback {
  private final @Nullable Function<ReadGrant, byte @Nullable []> reader;
  private boolean answered;
  private byte @Nullable [] value;
  private @Nullable RaftCmdResponse response;
  private @Nullable Refusal refusal;

  private SimCallback(@Nullable Function<ReadGrant, byte @Nullable []> reader) {
    this.reader = reader;
  }

  static SimCallback write() {
    return new SimCallback(null);
  }

  static SimCallback read(Function<ReadGrant, byte @Nullable []> reader) {
    return new SimCallback(reader);
  }

  @Override
  public void done(RaftCmdResponse answer) {
    answerOnce();
    response = answer;
  }

  @Override
  public void readable(ReadGrant grant) {
    answerOnce();
    try (grant) {
      if (reader == null) {
        throw new AssertionError("a write was answered as a read");
      }
      value = reader.apply(grant);
    }
  }

  @Override
  public void refused(Refusal reason) {
    answerOnce();
    refusal = reason;
  }

  private void answerOnce() {
    if (answered) {
      throw new AssertionError("answered twice");
    }
    answered = true;
  }

  boolean isAnswered() {
    return answered;
  }

  byte @Nullable [] value() {
    return value;
  }

  /** The answer of a command that was carried out. */
  RaftCmdResponse answer() {
    return Objects.requireNonNull(response, "not carried out");
  }

  @Nullable Refusal refusal() {
    return refusal;
  }
}
