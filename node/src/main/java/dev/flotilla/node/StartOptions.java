package dev.flotilla.node;

import dev.flotilla.config.NodeConfig;
import dev.flotilla.node.settings.ConfigException;
import dev.flotilla.node.settings.ConfigLoader;
import dev.flotilla.node.settings.RawSetting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of {@code start}. Those that have a setting are only another way to set it. */
final class StartOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings file. Default: conf/node.toml of the installation.")
  private @Nullable Path config;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where the node keeps everything. Default: ./data")
  private @Nullable String dataDir;

  @Option(
      names = "--addr",
      paramLabel = "HOST:PORT",
      description = "Where clients are served. Port 0 picks one. Default: 127.0.0.1:20160")
  private @Nullable String addr;

  @Option(
      names = "--advertise-addr",
      paramLabel = "HOST:PORT",
      description = "What clients are told to connect to. Default: --addr")
  private @Nullable String advertiseAddr;

  @Option(
      names = "--status-addr",
      paramLabel = "HOST:PORT",
      description = "HTTP port for metrics and state; '' for none. Default: 127.0.0.1:20180")
  private @Nullable String statusAddr;

  @Option(
      names = "--cluster-addr",
      paramLabel = "HOST:PORT",
      description =
          "Where other nodes reach this one. Port 0 picks one." + " Default: 127.0.0.1:20170")
  private @Nullable String clusterAddr;

  @Option(
      names = "--advertise-cluster-addr",
      paramLabel = "HOST:PORT",
      description = "What other nodes are told to connect to. Default: --cluster-addr")
  private @Nullable String advertiseClusterAddr;

  @Option(
      names = "--join",
      paramLabel = "HOST:PORT",
      description = "Cluster addresses of other nodes, of a cluster to join or to found.")
  private @Nullable String join;

  @Option(
      names = "--plugins-dir",
      paramLabel = "DIR",
      description =
          "Folder of plugin jars, within the working directory if relative."
              + " Default: plugins of the installation.")
  private @Nullable String pluginsDir;

  @Option(names = "--safe-mode", description = "Start without any plugin.")
  private boolean safeMode;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Set any key of the settings file, such as raftstore.base-tick=50ms.")
  private List<String> set = new ArrayList<>();

  /**
   * Settings, and what the operator should hear about them.
   *
   * @param warnings what is probably not as he wants it
   */
  record Loaded(NodeConfig config, List<String> remarks, List<String> warnings) {}

  /**
   * Makes the settings of options, variables, file and defaults, in this order of rank.
   *
   * @param home where Flotilla is installed, if that is known
   * @throws ConfigException when they cannot be used
   */
  Loaded load(Optional<Path> home, Map<String, String> environment) {
    ConfigLoader loader = new ConfigLoader();
    Optional<Path> file = Optional.ofNullable(config).or(() -> installed(home));
    file.ifPresent(loader::file);
    loader.environment(environment);
    set.forEach(text -> set(loader, text));
    apply(loader, "--data-dir", "storage.data-dir", dataDir);
    apply(loader, "--addr", "server.addr", addr);
    apply(loader, "--advertise-addr", "server.advertise-addr", advertiseAddr);
    apply(loader, "--status-addr", "status.addr", statusAddr);
    apply(loader, "--cluster-addr", "cluster.addr", clusterAddr);
    apply(loader, "--advertise-cluster-addr", "cluster.advertise-addr", advertiseClusterAddr);
    apply(loader, "--join", "cluster.join", join);
    apply(
        loader,
        "--plugins-dir",
        "coprocessor.plugins-dir",
        pluginsDir == null ? null : Path.of(pluginsDir).toAbsolutePath().toString());
    apply(loader, "--safe-mode", "coprocessor.safe-mode", safeMode ? "true" : null);
    return new Loaded(
        loader.load(),
        file.map(path -> "settings from " + path).stream().toList(),
        loader.ignoredVariables().entrySet().stream()
            .map(
                unknown ->
                    "variable %s is no setting and is ignored; the nearest that is one is %s"
                        .formatted(unknown.getKey(), unknown.getValue()))
            .toList());
  }

  private static void set(ConfigLoader loader, String text) {
    int sign = text.indexOf('=');
    if (sign < 1) {
      throw new ConfigException("option --set: '" + text + "' is not KEY=VALUE");
    }
    loader.set(text.substring(0, sign), new RawSetting(text.substring(sign + 1), "option --set"));
  }

  private static Optional<Path> installed(Optional<Path> home) {
    return home.map(folder -> folder.resolve("conf").resolve("node.toml"))
        .filter(Files::isRegularFile);
  }

  private static void apply(
      ConfigLoader loader, String option, String key, @Nullable String value) {
    if (value != null) {
      loader.set(key, new RawSetting(value, "option " + option));
    }
  }
}
