package dev.flotilla.config;

/**
 * Worker threads besides the store loop, which has one.
 *
 * @param apply workers that apply committed entries, 1 to 64
 * @param read workers that serve reads, 1 to 64
 * @param server event loops that serve clients, 1 to 64
 */
public record ThreadsConfig(int apply, int read, int server) {
  /** The settings that Flotilla ships with. */
  public static ThreadsConfig defaults() {
    return new ThreadsConfig(2, 2, 2);
  }

  public ThreadsConfig {
    Settings.range("apply", apply, 1, 64);
    Settings.range("read", read, 1, 64);
    Settings.range("server", server, 1, 64);
  }
}
