package dev.flotilla.verticle;

import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.Refusal;

/** The way into the store loop, over its mailbox. */
final class MailboxRouter implements RaftStoreRouter {
  private final Mailbox<Msg> mailbox;

  MailboxRouter(Mailbox<Msg> mailbox) {
    this.mailbox = mailbox;
  }

  @Override
  public boolean send(Msg msg) {
    if (msg.isSignificant()) {
      return mailbox.offerSignificant(msg);
    }
    if (mailbox.offer(msg)) {
      return true;
    }
    Callback callback = msg.callback();
    if (callback != null) {
      callback.refused(new Refusal.ServerIsBusy("raftstore is busy"));
    }
    return false;
  }
}
