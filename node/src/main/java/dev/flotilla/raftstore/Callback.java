package dev.flotilla.raftstore;

import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;

/**
 * Where the outcome of one command goes. Exactly one method is called, exactly once, on whatever
 * thread learns the outcome; it must not block and must not throw.
 */
public interface Callback {
  /** For commands that this node makes itself and that nobody waits for. */
  Callback IGNORE =
      new Callback() {
        @Override
        public void done(RaftCmdResponse response) {}

        @Override
        public void readable(ReadGrant grant) {
          grant.close();
        }

        @Override
        public void refused(Refusal refusal) {}
      };

  /** The command was carried out; a write is as durable as the log that holds it. */
  void done(RaftCmdResponse response);

  /** The read may be served from {@code grant}, which the callee now owns and must close. */
  void readable(ReadGrant grant);

  /** The command was refused; see the refusal for whether it may still take effect. */
  void refused(Refusal refusal);
}
