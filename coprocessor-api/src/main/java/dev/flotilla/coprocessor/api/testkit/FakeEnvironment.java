package dev.flotilla.coprocessor.api.testkit;

import dev.flotilla.coprocessor.api.ApiVersion;
import dev.flotilla.coprocessor.api.CoprocessorConfig;
import dev.flotilla.coprocessor.api.CoprocessorEnvironment;
import java.nio.file.Path;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the plugin under test gets of the node. */
record FakeEnvironment(CoprocessorConfig config, Path dataFolder, Clock clock)
    implements CoprocessorEnvironment {

  @Override
  public String pluginId() {
    return "under-test";
  }

  @Override
  public String apiVersion() {
    return ApiVersion.CURRENT;
  }

  @Override
  public Logger logger() {
    return LoggerFactory.getLogger("coprocessor.under-test");
  }
}
