package dev.flotilla.raftstore;

import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import org.jspecify.annotations.Nullable;

/** Everything the store loop reacts to. Handled one at a time, in arrival order. */
public sealed interface Msg {
  /**
   * A command of a client or of this node.
   *
   * @param callback answered exactly once
   */
  record Command(RaftCmdRequest request, Callback callback) implements Msg {
    @Override
    public void dispatch(Handler handler) {
      handler.onCommand(this);
    }

    @Override
    public Callback callback() {
      return callback;
    }
  }

  /** Time for a periodic duty. Ticks that pile up are one tick. */
  record Ticked(Tick tick) implements Msg {
    @Override
    public void dispatch(Handler handler) {
      handler.onTick(this);
    }
  }

  /** An apply worker finished a batch. Never lost. */
  record Applied(ApplyOutcome outcome) implements Msg {
    @Override
    public void dispatch(Handler handler) {
      handler.onApplied(this);
    }

    @Override
    public boolean isSignificant() {
      return true;
    }
  }

  /** What an apply worker reports; a marker, so that the vocabulary need not know its content. */
  interface ApplyOutcome {}

  /** Calls the handler's method for this kind. */
  void dispatch(Handler handler);

  /** The callback that must be answered when the message cannot be taken, or null. */
  default @Nullable Callback callback() {
    return null;
  }

  /** Whether the message must be taken even when the queue is full; such messages are few. */
  default boolean isSignificant() {
    return false;
  }

  /** One method a kind: a new message does not compile until every handler answers it. */
  interface Handler {
    void onCommand(Command msg);

    void onTick(Ticked msg);

    void onApplied(Applied msg);
  }
}
