package dev.flotilla.coprocessor;

import java.util.List;

/**
 * One coprocessor of this store, for people and metrics. Counters are since the start.
 *
 * @param pluginId the plugin's id; the file's name when the plugin could not be read so far
 * @param version the plugin's version; empty when unknown
 * @param className the coprocessor's class; empty when the whole plugin failed
 * @param priority lower runs earlier
 * @param hooks names of the methods that the class overrides
 * @param reason why it is not active, or its last failure; may be empty
 * @param calls how often a hook was called
 * @param rejections how often it refused a command
 * @param failures how often it threw or left an invalid edit behind
 * @param alterations how often it changed a command or an answer
 */
public record CoprocessorStatus(
    String pluginId,
    String version,
    String className,
    int priority,
    List<String> hooks,
    State state,
    String reason,
    long calls,
    long rejections,
    long failures,
    long alterations) {

  /** What has become of a coprocessor. */
  public enum State {
    ACTIVE,
    FAILED,
    DISABLED
  }

  public CoprocessorStatus {
    hooks = List.copyOf(hooks);
  }

  /** A plugin that is not in use. */
  public static CoprocessorStatus unused(
      String pluginId, String version, State state, String reason) {
    return new CoprocessorStatus(pluginId, version, "", 0, List.of(), state, reason, 0, 0, 0, 0);
  }
}
