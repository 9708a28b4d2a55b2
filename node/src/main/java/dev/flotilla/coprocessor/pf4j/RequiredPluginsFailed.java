package dev.flotilla.coprocessor.pf4j;

import java.util.Map;
import java.util.TreeMap;

/**
 * The node must not start: plugins that it was told to require are missing or do not work, or
 * whether it was told so cannot be read.
 */
public final class RequiredPluginsFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Map<String, String> reasons;

  private RequiredPluginsFailed(String what, Map<String, String> reasons) {
    super(what + " cannot be used: " + new TreeMap<>(reasons));
    this.reasons = Map.copyOf(reasons);
  }

  static RequiredPluginsFailed missing(Map<String, String> reasons) {
    return new RequiredPluginsFailed("required plugins", reasons);
  }

  static RequiredPluginsFailed unreadable(Map<String, String> reasons) {
    return new RequiredPluginsFailed("settings of plugins", reasons);
  }

  /** Why, by plugin id. */
  public Map<String, String> reasons() {
    return reasons;
  }
}
