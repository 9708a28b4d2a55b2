package dev.flotilla.coprocessor.pf4j;

import dev.flotilla.coprocessor.api.OnError;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the operator says of one plugin.
 *
 * @param enabled whether it is loaded at all
 * @param priority takes the place of what its classes say; null keeps that
 * @param onError takes the place of what its classes say; null keeps that
 * @param config its own settings
 * @param origins where each of these was written
 */
public record PluginOptions(
    boolean enabled,
    @Nullable Integer priority,
    @Nullable OnError onError,
    Map<String, String> config,
    Map<String, String> origins) {

  /** A plugin that nothing is said of: in use, as its classes want it, without settings. */
  public static final PluginOptions DEFAULTS = of(Map.of());

  public PluginOptions {
    config = Map.copyOf(config);
    origins = Map.copyOf(origins);
  }

  /** In use, as its classes want it, with settings. */
  public static PluginOptions of(Map<String, String> config) {
    return new PluginOptions(true, null, null, config, Map.of());
  }
}
