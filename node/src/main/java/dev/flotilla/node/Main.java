package dev.flotilla.node;

import dev.flotilla.config.HostPort;
import dev.flotilla.config.NodeConfig;
import dev.flotilla.config.ServerConfig;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Command line of Flotilla. */
public final class Main {
  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  private Main() {}

  /** {@code DATA_DIR HOST:PORT}. */
  public static void main(String[] args) {
    NodeConfig d = NodeConfig.defaults();
    ServerConfig s = d.server();
    NodeConfig config =
        new NodeConfig(
            Path.of(args[0]),
            new ServerConfig(
                HostPort.parse(args[1]),
                s.messageBytesMax(),
                s.concurrentStreamsMax(),
                s.idleTimeout(),
                s.drainTimeout()),
            d.raftStore(),
            d.threads());
    Node node =
        new Node(
            config,
            (where, fault) -> {
              LOG.error("{} cannot go on", where, fault);
              Runtime.getRuntime().halt(1);
            });
    node.start()
        .onSuccess(done -> LOG.info("flotilla is serving on {}", node.address()))
        .onFailure(
            fault -> {
              LOG.error("start failed", fault);
              Runtime.getRuntime().halt(1);
            });
  }
}
