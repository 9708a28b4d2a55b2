package dev.flotilla.node.ctl;

import dev.flotilla.client.ClientException;
import dev.flotilla.client.ClusterClient;
import dev.flotilla.client.TlsOptions;
import dev.flotilla.client.TransportLog;
import dev.flotilla.config.HostPort;
import dev.flotilla.security.Credentials;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code flotilla ctl}: how it reaches the cluster, and questions to the placement driver. */
@Command(
    name = "ctl",
    description = "Ask a running cluster; read and write keys.",
    mixinStandardHelpOptions = true,
    subcommands = {
      StoreCommand.class,
      RegionCommand.class,
      OperatorCommand.class,
      PluginListCommand.class,
      KvCommand.class
    })
public final class CtlCommand implements Callable<Integer> {
  private static final int TIMEOUT_SECONDS_MAX = 86_400;

  /** Exit status: the cluster says no. */
  static final int REFUSED = 1;

  /** Exit status: accepted, and its effect is not to be seen yet. */
  private static final int UNSEEN = 4;

  /** Exit status: the cluster was not reached, or cannot answer now. */
  static final int NO_ANSWER = 3;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Option(
      names = "--pd",
      paramLabel = "HOST:PORT",
      split = ",",
      scope = ScopeType.INHERIT,
      defaultValue = "127.0.0.1:20160",
      description = "Where nodes serve clients, in the order to ask. Default: ${DEFAULT-VALUE}")
  private List<String> drivers = List.of();

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "Print JSON instead of a table.")
  private boolean json;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      scope = ScopeType.INHERIT,
      defaultValue = "10",
      description =
          "Longest time for one request, and how long it is tried again when the cluster says that"
              + " it has no leader now. Default: ${DEFAULT-VALUE}")
  private int timeoutSeconds;

  @Mixin private final TlsOptions tls = new TlsOptions();

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "which command? cluster, store, region, operator, plugin or kv");
  }

  @Command(description = "Show the cluster.", mixinStandardHelpOptions = true)
  int cluster() {
    return print(
        client ->
            client
                .placement()
                .stores()
                .map(stores -> List.of(Describe.cluster(client.placement(), stores))));
  }

  /** Prints what {@code question} gives; returns the exit status. */
  int print(Function<ClusterClient, Future<List<JsonObject>>> question) {
    return show(ask(question));
  }

  int show(List<JsonObject> rows) {
    new Table(spec.commandLine().getOut(), json).print(rows);
    return 0;
  }

  /** Says on the error output what is missing in the answer. */
  void warn(String text) {
    spec.commandLine().getErr().println("flotilla: " + text);
  }

  /** Says why what was asked for is not to be seen; returns the exit status. */
  int unseen(String text) {
    warn(text);
    return UNSEEN;
  }

  /** Says that a plugin does not let it be; returns the exit status. */
  int refused(OrderRefusal refusal) {
    warn(refusal.text());
    return REFUSED;
  }

  boolean isJson() {
    return json;
  }

  Optional<Credentials> credentials() {
    return tls.credentials();
  }

  /** Connects, asks and disconnects. */
  <T> T ask(Function<ClusterClient, Future<T>> question) {
    if (timeoutSeconds < 1 || timeoutSeconds > TIMEOUT_SECONDS_MAX) {
      throw new ParameterException(
          spec.commandLine(), "option --timeout: 1 to " + TIMEOUT_SECONDS_MAX + " seconds");
    }
    TransportLog.mute();
    List<HostPort> addresses = drivers.stream().map(this::address).toList();
    Duration timeout = Duration.ofSeconds(timeoutSeconds);
    Optional<Credentials> credentials = credentials();
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    try {
      return ClusterClient.connectPatiently(vertx, addresses, timeout, credentials)
          .compose(question)
          // Each request has its own limit; this is for a question of many.
          .await(20L * timeoutSeconds, TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      throw ClientException.unknown("no answer in time");
    } finally {
      vertx.close();
    }
  }

  private HostPort address(String text) {
    try {
      return HostPort.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "option --pd: " + e.getMessage(), e);
    }
  }
}
