package dev.flotilla.coprocessor.pf4j;

import dev.flotilla.coprocessor.api.ApiVersion;
import dev.flotilla.coprocessor.api.CoprocessorConfig;
import dev.flotilla.coprocessor.api.CoprocessorEnvironment;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one plugin gets of the node. */
record PluginEnvironment(
    String pluginId,
    CoprocessorConfig config,
    Path dataFolder,
    CompletionStage<Void> predecessorStopped)
    implements CoprocessorEnvironment {

  @Override
  public String apiVersion() {
    return ApiVersion.CURRENT;
  }

  @Override
  public Logger logger() {
    return LoggerFactory.getLogger("coprocessor." + pluginId);
  }

  @Override
  public Clock clock() {
    return Clock.systemUTC();
  }
}
