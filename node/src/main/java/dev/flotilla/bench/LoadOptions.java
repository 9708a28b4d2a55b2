package dev.flotilla.bench;

import dev.flotilla.config.HostPort;
import dev.flotilla.security.Credentials;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say what load to make. */
final class LoadOptions {
  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--workload",
      defaultValue = "put",
      description = "put, get, scan, A, B, C, E, or echo. Default: ${DEFAULT-VALUE}")
  private Workload workload = Workload.PUT;

  @Option(
      names = "--keys",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Number of keys. Default: ${DEFAULT-VALUE}")
  private long keys;

  @Option(
      names = "--value-size",
      paramLabel = "N",
      defaultValue = "128",
      description = "Bytes of a value. Default: ${DEFAULT-VALUE}")
  private int valueBytes;

  @Option(
      names = "--in-flight",
      paramLabel = "N",
      defaultValue = "256",
      description = "Requests on their way at any time. Default: ${DEFAULT-VALUE}")
  private int inFlight;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "4",
      description = "Connections that share them. Default: ${DEFAULT-VALUE}")
  private int connections;

  @Option(
      names = "--batch",
      description = "Send requests in batches over streams (BatchCommands), as Go clients do.")
  private boolean batched;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "10",
      description = "How long to measure. Default: ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "3",
      description = "Seconds before that. Default: ${DEFAULT-VALUE}")
  private int warmUpSeconds;

  @Option(
      names = "--distribution",
      defaultValue = "uniform",
      description = "uniform or zipfian. Default: ${DEFAULT-VALUE}")
  private KeyChooser.Distribution distribution = KeyChooser.Distribution.UNIFORM;

  /** Refuses numbers that make no load. */
  void requirePositive() {
    if (keys < 1 || valueBytes < 1 || inFlight < 1 || connections < 1 || seconds < 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--keys, --value-size, --in-flight, --connections and --seconds must be at least 1");
    }
    if (warmUpSeconds < 0) {
      throw new ParameterException(spec.commandLine(), "--warm-up must be at least 0");
    }
  }

  /** The load that was asked for. */
  LoadPlan plan(List<HostPort> addresses, Optional<Credentials> credentials) {
    return plan(addresses, credentials, workload);
  }

  /** The same with requests of one kind. */
  LoadPlan plan(List<HostPort> addresses, Optional<Credentials> credentials, Workload kind) {
    return new LoadPlan(
        addresses,
        credentials,
        kind,
        distribution,
        keys,
        valueBytes,
        inFlight,
        Math.min(connections, inFlight),
        batched,
        warmUpSeconds,
        seconds);
  }
}
