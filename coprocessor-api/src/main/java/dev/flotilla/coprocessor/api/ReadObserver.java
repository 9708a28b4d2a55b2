package dev.flotilla.coprocessor.api;

/** Hooks around reads. Called on the threads that read, several at once, on the replica's store. */
public interface ReadObserver extends Coprocessor {

  /**
   * Called before the data is read. May edit which keys are read.
   *
   * @throws RejectedException to refuse the read
   */
  default void preRead(ProposeContext context, QueryBatch batch) throws RejectedException {}

  /**
   * Called with what was found, before the client is answered. May edit the answer.
   *
   * @param asked what was read, after all edits
   * @throws RejectedException to refuse the read
   */
  default void postRead(ObserverContext context, QueryView asked, ReadResult result)
      throws RejectedException {}
}
