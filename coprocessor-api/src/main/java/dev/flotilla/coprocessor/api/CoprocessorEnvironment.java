package dev.flotilla.coprocessor.api;

import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;

/** What the node lends to a plugin, from its start to its stop. Safe for use by several threads. */
public interface CoprocessorEnvironment {
  /** The {@code Plugin-Id} of the jar. */
  String pluginId();

  /** {@link ApiVersion#CURRENT} of the node, which may be newer than the plugin was built for. */
  String apiVersion();

  /** A logger named after the plugin. */
  Logger logger();

  /** The plugin's settings. */
  CoprocessorConfig config();

  /**
   * A folder of the plugin's own that survives restarts: {@code plugins/data/} and its id within
   * the data folder of the node. It exists.
   */
  Path dataFolder();

  /**
   * The node's wall clock. For propose, read and role hooks; hooks at apply run again after a
   * restart and on other replicas, where the time is another.
   */
  Clock clock();

  /**
   * Completes when every instance of this plugin before this one has stopped; at once when none
   * runs. A jar that is replaced under way is started while the one before is still called, so that
   * no command is missed: what only one of them can have, a file that both would write or a port,
   * is to be taken after this. It never completes if one hangs. Since API version 1.1.0.
   */
  default CompletionStage<Void> predecessorStopped() {
    return CompletableFuture.completedStage(null);
  }
}
