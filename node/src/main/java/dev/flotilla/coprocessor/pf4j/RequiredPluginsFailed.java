package dev.flotilla.coprocessor.pf4j;

import java.util.Map;
import java.util.TreeMap;

/** The node must not start: plugins that it was told to require are missing or do not work. */
public final class RequiredPluginsFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Map<String, String> reasons;

  RequiredPluginsFailed(Map<String, String> reasons) {
    super("required plugins cannot be used: " + new TreeMap<>(reasons));
    this.reasons = Map.copyOf(reasons);
  }

  /** Why, by plugin id. */
  public Map<String, String> reasons() {
    return reasons;
  }
}
