package dev.flotilla.raft;

/** Where the algorithm writes what it does. Called on the thread of the caller. */
public interface RaftLogger {
  /** How much a line matters. */
  enum Level {
    /** Per message detail. */
    DEBUG,
    /** Changes of role, term or membership. */
    INFO,
    /** Something an operator may want to look at. */
    WARN,
    /** A request that contradicts the configuration. */
    ERROR
  }

  /** Discards everything. */
  RaftLogger NONE =
      new RaftLogger() {
        @Override
        public boolean isEnabled(Level level) {
          return false;
        }

        @Override
        public void log(Level level, String text) {}
      };

  /** Returns whether lines of {@code level} are wanted; lines that are not are never built. */
  boolean isEnabled(Level level);

  /** Writes one line. */
  void log(Level level, String text);
}
