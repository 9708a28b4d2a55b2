package dev.flotilla.node;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code flotilla dev}: several nodes on this machine, a process each, for trying out. */
@Command(
    name = "dev",
    description = {
      "Run a cluster of several nodes on this machine until SIGINT or SIGTERM.",
      "When a node ends the others go on. The exit status is 0 when stopped by a signal, else that"
          + " of the first node that failed."
    },
    mixinStandardHelpOptions = true)
final class DevCommand implements Callable<Integer> {
  private static final int PORTS_A_NODE = 10;

  /** What is waited for while the nodes run. */
  private sealed interface Event {}

  private record StopAsked() implements Event {}

  /**
   * @param node its number, from 1 on
   */
  private record Ended(int node, int status) implements Event {}

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Option(
      names = "--stores",
      paramLabel = "N",
      defaultValue = "3",
      description = "Nodes, 1 to 9. Default: ${DEFAULT-VALUE}")
  private int stores;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      defaultValue = "dev-data",
      description = "Folder of the nodes' data folders. Default: ./${DEFAULT-VALUE}")
  private Path dataDir = Path.of("dev-data");

  @Option(
      names = "--base-port",
      paramLabel = "N",
      defaultValue = "20160",
      description =
          "Node i, from 0 on, serves clients on N + 10 i, HTTP on N + 10 i + 1, other nodes"
              + " on N + 10 i + 2. Default: ${DEFAULT-VALUE}")
  private int basePort;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (stores < 1 || stores > 9) {
      throw new ParameterException(spec.commandLine(), "option --stores: 1 to 9");
    }
    if (basePort < 1 || basePort + stores * PORTS_A_NODE > 65_535) {
      throw new ParameterException(spec.commandLine(), "option --base-port: no such ports");
    }
    PrintWriter out = spec.commandLine().getOut();
    BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    StopSignals.onStop(() -> events.add(new StopAsked()));
    List<Process> nodes = new ArrayList<>();
    try {
      for (int i = 0; i < stores; i++) {
        nodes.add(start(i, out, events));
      }
      return watch(events, out);
    } finally {
      // Not of the process itself, which would close its output before it ends.
      nodes.forEach(node -> node.toHandle().destroy());
      for (Process node : nodes) {
        node.waitFor();
      }
    }
  }

  /** Until all nodes have ended, or a stop is asked for; returns the exit status. */
  private int watch(BlockingQueue<Event> events, PrintWriter out) throws InterruptedException {
    int firstFailure = Exit.CLEAN;
    for (int running = stores; running > 0; running--) {
      if (!(events.take() instanceof Ended ended)) {
        return Exit.CLEAN;
      }
      if (firstFailure == Exit.CLEAN) {
        firstFailure = ended.status();
      }
      say(
          out,
          "node %d ended with exit code %d%s"
              .formatted(ended.node(), ended.status(), running > 1 ? "; the others go on" : ""));
    }
    return firstFailure;
  }

  /** A line, whole between those of the nodes. */
  private static void say(PrintWriter out, String line) {
    synchronized (out) {
      out.println(line);
      out.flush();
    }
  }

  private Process start(int node, PrintWriter out, BlockingQueue<Event> events) throws IOException {
    Path data = dataDir.resolve("node-" + (node + 1));
    List<String> arguments = new ArrayList<>(List.of("start", "--data-dir", data.toString()));
    arguments.addAll(List.of("--addr", address(node, 0)));
    arguments.addAll(List.of("--status-addr", address(node, 1)));
    arguments.addAll(List.of("--cluster-addr", address(node, 2)));
    if (stores > 1) {
      arguments.addAll(
          List.of("--join", others(node), "--set", "cluster.bootstrap=" + (node == 0)));
    }
    Process process =
        new ProcessBuilder(SameJvm.command(List.of(DevParent.option()), arguments))
            .directory(new File(System.getProperty("user.dir")))
            .redirectErrorStream(true)
            .start();
    Thread reader =
        new Thread(
            () -> {
              copy(process, "[" + (node + 1) + "] ", out);
              // After its last words.
              events.add(new Ended(node + 1, process.onExit().join().exitValue()));
            });
    reader.setDaemon(true);
    reader.start();
    return process;
  }

  private String address(int node, int offset) {
    return "127.0.0.1:" + (basePort + node * PORTS_A_NODE + offset);
  }

  private String others(int node) {
    List<String> others = new ArrayList<>();
    for (int i = 0; i < stores; i++) {
      if (i != node) {
        others.add(address(i, 2));
      }
    }
    return String.join(",", others);
  }

  private static void copy(Process process, String prefix, PrintWriter out) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        say(out, prefix + line);
      }
    } catch (IOException e) {
      say(out, prefix + "output ended: " + e.getMessage());
    }
  }
}
