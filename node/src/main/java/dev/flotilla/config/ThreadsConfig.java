package dev.flotilla.config;

/**
 * Worker threads besides the store loop, which has one.
 *
 * @param apply workers that apply committed entries, 1 to 64
 * @param read workers that serve reads, 1 to 64
 * @param server event loops that serve connections, up to 64; 0 for one for each two processors
 */
public record ThreadsConfig(int apply, int read, int server) {
  private static final int SERVER_MAX = 64;

  /** The settings that Flotilla ships with. */
  public static ThreadsConfig defaults() {
    return new ThreadsConfig(2, 2, 0);
  }

  public ThreadsConfig {
    Settings.range("apply", apply, 1, 64);
    Settings.range("read", read, 1, 64);
    Settings.range("server", server, 0, SERVER_MAX);
  }

  /** Event loops of a node on a machine with that many processors; at least 1. */
  public int serverLoops(int processors) {
    return server > 0 ? server : Math.max(1, Math.min(processors / 2, SERVER_MAX));
  }
}
