package dev.flotilla.bench;

import dev.flotilla.client.StatusPages;
import dev.flotilla.client.TlsOptions;
import dev.flotilla.client.TransportLog;
import dev.flotilla.config.HostPort;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code flotilla bench}: load and yardsticks. */
@Command(
    name = "bench",
    description = "Put load on a cluster and say how it did.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class BenchCommand implements Callable<Integer> {
  private static final int STATUS_PORT = 20180;

  /** As a node has by default. */
  private static final int ECHO_LOOPS = 2;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Option(
      names = "--pd",
      paramLabel = "HOST:PORT",
      split = ",",
      defaultValue = "127.0.0.1:20160",
      description =
          "Where nodes serve clients: some are enough, they name the others. Default:"
              + " ${DEFAULT-VALUE}")
  private List<String> drivers = List.of();

  @Option(
      names = "--status",
      paramLabel = "HOST:PORT",
      description = "Status port of the node, for fsyncs. Default: port 20180 of the first --pd")
  private @Nullable String status;

  @Mixin private final TlsOptions tls = new TlsOptions();

  @Mixin private final LoadOptions load = new LoadOptions();

  @Option(
      names = "--skip-load",
      description = "Do not write all keys before a workload that reads.")
  private boolean skipLoad;

  @Option(
      names = "--echo",
      description = "Measure calls to a server in this process that only answers, instead.")
  private boolean echo;

  @Option(
      names = "--baseline",
      paramLabel = "DIR",
      description = "Measure synced puts into a bare RocksDB in a new folder in DIR, too.")
  private @Nullable Path baseline;

  @Option(names = "--json", description = "Print results as JSON, a line each.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException, TimeoutException, IOException {
    load.requirePositive();
    TransportLog.mute();
    if (baseline != null && !(Files.isDirectory(baseline) && Files.isWritable(baseline))) {
      throw new ParameterException(
          spec.commandLine(), "option --baseline: there is no folder " + baseline + " to write to");
    }
    PrintWriter progress = spec.commandLine().getErr();
    List<LoadResult> results = new ArrayList<>();
    if (baseline != null) {
      results.add(diskBaseline(baseline));
    }
    if (echo) {
      try (EchoServer server = EchoServer.start(ECHO_LOOPS)) {
        LoadPlan plan = load.plan(List.of(server.address()), Optional.empty(), Workload.ECHO);
        results.add(new LoadRun(plan, progress, probe(plan, Optional.empty())).run(false));
      }
    } else {
      List<HostPort> addresses = drivers.stream().map(this::address).toList();
      HostPort statusAddress =
          status == null ? addresses.get(0).withPort(STATUS_PORT) : address(status);
      LoadPlan plan = load.plan(addresses, tls.credentials());
      MetricsProbe probe = probe(plan, Optional.of(statusAddress));
      results.add(new LoadRun(plan, progress, probe).run(plan.workload().reads() && !skipLoad));
    }
    PrintWriter out = spec.commandLine().getOut();
    results.forEach(result -> out.println(json ? result.json().encode() : result.text()));
    out.flush();
    return results.stream().anyMatch(result -> result.failed().count() > 0) ? 1 : 0;
  }

  private static MetricsProbe probe(LoadPlan plan, Optional<HostPort> status) {
    return new MetricsProbe(new StatusPages(plan.credentials()), status);
  }

  private LoadResult diskBaseline(Path parent) throws IOException, InterruptedException {
    try (ScratchFolder folder = ScratchFolder.in(parent, "flotilla-baseline")) {
      LoadPlan plan = load.plan(List.of(), Optional.empty(), Workload.PUT);
      return new DiskBaseline(folder.path(), plan).run();
    }
  }

  private HostPort address(String text) {
    try {
      return HostPort.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
