package dev.flotilla.config;

/**
 * Worker threads besides the store loop, which has one.
 *
 * @param apply workers that apply committed entries, up to 64; 0 for one for each four processors
 * @param read workers that serve reads, 1 to 64
 * @param server event loops that serve connections, up to 64; 0 for one for each two processors
 */
public record ThreadsConfig(int apply, int read, int server) {
  private static final int MAX = 64;

  /** The settings that Flotilla ships with. */
  public static ThreadsConfig defaults() {
    return new ThreadsConfig(0, 2, 0);
  }

  public ThreadsConfig {
    Settings.range("apply", apply, 0, MAX);
    Settings.range("read", read, 1, MAX);
    Settings.range("server", server, 0, MAX);
  }

  /** Apply workers of a node on a machine with that many processors; at least 1. */
  public int applyWorkers(int processors) {
    return apply > 0 ? apply : share(processors, 4);
  }

  /** Event loops of a node on a machine with that many processors; at least 1. */
  public int serverLoops(int processors) {
    return server > 0 ? server : share(processors, 2);
  }

  private static int share(int processors, int of) {
    return Math.max(1, Math.min(processors / of, MAX));
  }
}
