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
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code flotilla dev}: several nodes on this machine, a process each, for trying out. */
@Command(
    name = "dev",
    description = "Run a cluster of several nodes on this machine until SIGINT or SIGTERM.",
    mixinStandardHelpOptions = true)
final class DevCommand implements Callable<Integer> {
  private static final int PORTS_A_NODE = 10;

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
    CountDownLatch stopAsked = new CountDownLatch(1);
    StopSignals.onStop(stopAsked::countDown);
    List<Process> nodes = new ArrayList<>();
    try {
      for (int i = 0; i < stores; i++) {
        nodes.add(start(i, out));
      }
      while (nodes.stream().allMatch(Process::isAlive) && !stopAsked.await(1, TimeUnit.SECONDS)) {
        // A cluster of which one node has ended is not what was asked for.
      }
    } finally {
      // Not of the process itself, which would close its output before it ends.
      nodes.forEach(node -> node.toHandle().destroy());
    }
    int worst = Exit.CLEAN;
    for (Process node : nodes) {
      worst = Math.max(worst, node.waitFor());
    }
    return worst;
  }

  private Process start(int node, PrintWriter out) throws IOException {
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
        new ProcessBuilder(SameJvm.command(List.of(), arguments))
            .directory(new File(System.getProperty("user.dir")))
            .redirectErrorStream(true)
            .start();
    Thread reader = new Thread(() -> copy(process, "[" + (node + 1) + "] ", out));
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
        synchronized (out) {
          out.println(prefix + line);
          out.flush();
        }
      }
    } catch (IOException e) {
      out.println(prefix + "output ended: " + e.getMessage());
    }
  }
}
