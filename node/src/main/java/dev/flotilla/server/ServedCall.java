package dev.flotilla.server;

import dev.flotilla.kv.Reply;

/**
 * A call of a client that is being served, by itself or as one of a batch.
 *
 * @param <R> response message
 */
interface ServedCall<R> extends Reply<R> {
  /** Says no in words, in the response if that has a place for them. */
  void rejected(String text);
}
