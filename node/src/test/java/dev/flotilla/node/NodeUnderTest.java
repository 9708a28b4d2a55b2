package dev.flotilla.node;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;

/** {@code flotilla start} in a process of its own, with the class path of the tests. */
final class NodeUnderTest implements AutoCloseable {
  private static final String SERVING = "flotilla is serving on ";
  private static final String STATUS = "status is on ";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final List<String> output = Collections.synchronizedList(new ArrayList<>());
  private final CompletableFuture<String> address = new CompletableFuture<>();
  private final Thread reader;

  private NodeUnderTest(Process process) {
    this.process = process;
    this.reader = new Thread(this::read, "output of " + process.pid());
    reader.start();
  }

  /** Starts a node on free ports. */
  static NodeUnderTest start(Path data, String... options) throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("start", "--data-dir", data.toString()));
    arguments.addAll(List.of("--addr", "127.0.0.1:0", "--status-addr", "127.0.0.1:0"));
    arguments.addAll(List.of("--cluster-addr", "127.0.0.1:0"));
    // Tests do not depend on what else is on the disk.
    arguments.addAll(List.of("--set", "storage.reserve-bytes=0B"));
    arguments.addAll(List.of(options));
    return run(arguments);
  }

  /** Runs any command. */
  static NodeUnderTest run(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-ea", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    // A killed process leaves its copy of the native library there.
    Path temporary = Files.createDirectories(Path.of("target", "tmp")).toAbsolutePath();
    command.add("-Djava.io.tmpdir=" + temporary);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("dev.flotilla.node.Main");
    command.addAll(arguments);
    return new NodeUnderTest(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.add(line);
        if (line.startsWith(SERVING)) {
          address.complete(line.substring(SERVING.length()));
        }
      }
    } catch (IOException e) {
      output.add("output ended: " + e);
    }
    address.completeExceptionally(new IllegalStateException("not serving: " + output));
  }

  /** Waits until requests are answered; returns where. Fails with all that the node has to say. */
  String address() throws InterruptedException, ExecutionException, IOException {
    try {
      return address.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      List<String> said = output();
      String last = said.isEmpty() ? "nothing" : said.get(said.size() - 1);
      // The JVM prints what its threads do.
      signal("QUIT");
      Awaitility.await().until(() -> output().stream().anyMatch(line -> line.startsWith("Heap")));
      throw new AssertionError(
          "not serving; it said last: " + last + "\n" + String.join("\n", output()), late);
    }
  }

  /** Where its status port is; known once it serves. */
  String statusAddress() {
    return output().stream()
        .filter(line -> line.startsWith(STATUS))
        .map(line -> line.substring(line.indexOf("//") + 2))
        .findFirst()
        .orElseThrow();
  }

  /** Everything that was printed so far. */
  List<String> output() {
    synchronized (output) {
      return List.copyOf(output);
    }
  }

  long pid() {
    return process.pid();
  }

  void terminate() {
    // Not of the process itself, which would close the output before it ends.
    process.toHandle().destroy();
  }

  void kill() {
    process.destroyForcibly();
  }

  /** Lets the process stand still, as a long pause of its machine would. */
  void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** Lets a frozen process go on. */
  void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    int status =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    if (status != 0) {
      throw new IOException("kill -" + name + " " + process.pid() + " ended with " + status);
    }
  }

  /** Waits for the end; returns the exit status. */
  int exitStatus() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("still runs: " + output());
    }
    reader.join();
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
