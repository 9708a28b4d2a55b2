package dev.flotilla.raftstore;

/** The way into a store. Any thread; never blocks. */
public interface RaftStoreRouter {
  /**
   * Queues {@code msg} for the store loop. When the queue is full a message that carries a callback
   * is answered with {@link Refusal.ServerIsBusy}, a {@linkplain Msg#isOfClient() client's} before
   * that, one of {@linkplain Msg#isSignificant() great weight} is taken all the same, and any other
   * is dropped.
   *
   * @return whether the message was taken
   */
  boolean send(Msg msg);
}
