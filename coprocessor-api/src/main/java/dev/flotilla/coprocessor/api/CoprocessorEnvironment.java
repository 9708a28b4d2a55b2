package dev.flotilla.coprocessor.api;

import java.nio.file.Path;
import java.time.Clock;
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
}
