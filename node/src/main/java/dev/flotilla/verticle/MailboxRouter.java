package dev.flotilla.verticle;

import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.Refusal;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The way into the store loop, over its mailbox.
 *
 * <p>An event loop finds many requests and messages at once, and reads them one by one. The store
 * loop is woken for all of them when it has read them, so that they share a turn and an fsync.
 */
final class MailboxRouter implements RaftStoreRouter {
  private final Mailbox<Msg> mailbox;
  private final int commandsMax;

  /** Whether an event loop will call when it is done with what it is reading. */
  private final AtomicBoolean callDue = new AtomicBoolean();

  /**
   * @param commandsMax messages in the queue from which on clients' commands are refused; the rest
   *     of it is for what other stores and the placement driver say. Were that crowded out, leaders
   *     would not hear of their followers, and step down because clients ask for much
   */
  MailboxRouter(Mailbox<Msg> mailbox, int commandsMax) {
    this.mailbox = mailbox;
    this.commandsMax = commandsMax;
  }

  @Override
  public boolean send(Msg msg) {
    if (msg.isSignificant()) {
      return msg.mayWait() ? mailbox.leaveSignificant(msg) : mailbox.offerSignificant(msg);
    }
    Callback callback = msg.callback();
    boolean refused = msg.isOfClient() && mailbox.hasQueued(commandsMax);
    if (!refused && mailbox.leave(msg)) {
      call();
      return true;
    }
    if (callback != null) {
      callback.refused(new Refusal.ServerIsBusy("raftstore is busy"));
    }
    return false;
  }

  private void call() {
    Context eventLoop = Context.isOnEventLoopThread() ? Vertx.currentContext() : null;
    if (eventLoop == null) {
      mailbox.call();
    } else if (callDue.compareAndSet(false, true)) {
      eventLoop.runOnContext(
          ignored -> {
            callDue.set(false);
            mailbox.call();
          });
    }
  }
}
