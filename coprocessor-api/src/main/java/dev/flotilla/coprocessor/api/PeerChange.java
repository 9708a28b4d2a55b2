package dev.flotilla.coprocessor.api;

/** One step of a membership change. */
public record PeerChange(Kind kind, PeerView peer) {
  /** What happens to the peer. */
  public enum Kind {
    ADD,
    ADD_LEARNER,
    REMOVE
  }
}
