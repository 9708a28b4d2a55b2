package dev.flotilla.config;

import java.nio.file.Path;

/**
 * All settings of a node. Immutable; an instance that exists is valid.
 *
 * @param dataDir where the node keeps everything
 * @param server the client port
 * @param raftStore the raftstore
 * @param threads worker threads
 */
public record NodeConfig(
    Path dataDir, ServerConfig server, RaftStoreConfig raftStore, ThreadsConfig threads) {

  /** The settings that Flotilla ships with. */
  public static NodeConfig defaults() {
    return new NodeConfig(
        Path.of("data"),
        ServerConfig.defaults(),
        RaftStoreConfig.defaults(),
        ThreadsConfig.defaults());
  }
}
