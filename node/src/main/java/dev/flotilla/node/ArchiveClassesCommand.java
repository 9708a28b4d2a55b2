package dev.flotilla.node;

import dev.flotilla.bench.ScratchFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code flotilla archive-classes}: has a node of its own start, serve and stop, and Java write
 * what it made of our classes (class data sharing, JEP 350). From then on {@code bin/flotilla} has
 * Java map that file, which takes less time than to read the classes again, and less memory where
 * several nodes run on a machine.
 *
 * <p>It is done where Flotilla is installed, as such a file fits one build of Java and the jars in
 * their place. Java does not use it for others.
 */
@Command(
    name = "archive-classes",
    description = {
      "Make later starts faster: write what this Java makes of this installation's classes.",
      "Once for an installation, and again when it is moved or gets another Java."
    },
    mixinStandardHelpOptions = true)
final class ArchiveClassesCommand implements Callable<Integer> {
  /** System property with the file to write, set by {@code bin/flotilla}. */
  private static final String FILE = "flotilla.classes";

  private static final int BYTES_PER_MIB = 1 << 20;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    String property = System.getProperty(FILE);
    if (property == null) {
      throw new StartRefused("only bin/flotilla of an installation can archive its classes");
    }
    Path file = Path.of(property);
    // Before a node lives for nothing, and Java has its say to each class.
    if (!Files.isWritable(file.toAbsolutePath().getParent())) {
      throw new IllegalStateException(
          "no classes were archived: folder " + file.getParent() + " cannot be written to");
    }
    Path written = file.resolveSibling(file.getFileName() + ".new");
    try (ScratchFolder folder = ScratchFolder.temporary("flotilla-classes")) {
      rehearse(folder.path(), written);
      // At once, as nodes may be started meanwhile. Those that run keep the old file.
      Files.move(
          written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(written);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%s, %d MiB: used from the next start on%n", file, Files.size(file) / BYTES_PER_MIB);
    out.flush();
    return Exit.CLEAN;
  }

  /** One life of a node, at the end of which Java writes the file. */
  private static void rehearse(Path folder, Path written) throws IOException, InterruptedException {
    Process node = start(folder, written);
    List<String> output = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8))) {
      String address = address(lines, output);
      if (address != null) {
        use(address);
      }
      // Not of the process itself, which would close its output before it ends.
      node.toHandle().destroy();
      lines.lines().forEach(output::add);
    } finally {
      node.toHandle().destroy();
      node.waitFor();
    }
    int exit = node.exitValue();
    if (exit != Exit.CLEAN || !Files.isRegularFile(written)) {
      throw new IllegalStateException(
          "no classes were archived; what the node said, to its exit status %d:%n%s"
              .formatted(exit, String.join(System.lineSeparator(), output)));
    }
  }

  private static Process start(Path folder, Path written) throws IOException {
    Path noSettings = Files.createFile(folder.resolve("node.toml"));
    List<String> arguments = new ArrayList<>(List.of("start", "--safe-mode"));
    arguments.addAll(List.of("--config", noSettings.toString()));
    arguments.addAll(List.of("--data-dir", folder.resolve("data").toString()));
    // It keeps hardly anything, and not for long.
    arguments.addAll(List.of("--set", "storage.reserve-bytes=0B"));
    for (String address : new String[] {"--addr", "--status-addr", "--cluster-addr"}) {
      arguments.addAll(List.of(address, "127.0.0.1:0"));
    }
    List<String> options = List.of("-XX:ArchiveClassesAtExit=" + written);
    ProcessBuilder builder = new ProcessBuilder(SameJvm.command(options, arguments));
    builder.environment().keySet().removeIf(name -> name.startsWith("FLOTILLA_"));
    return builder.redirectErrorStream(true).start();
  }

  /** Where the node serves clients, or null when it ended before. */
  private static @Nullable String address(BufferedReader lines, List<String> output)
      throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      output.add(line);
      if (line.startsWith(NodeProcess.SERVING)) {
        return line.substring(NodeProcess.SERVING.length());
      }
    }
    return null;
  }

  /** What clients and operators do all day. */
  private static void use(String address) {
    ctl(address, "kv", "put", "key", "value");
    ctl(address, "kv", "get", "key");
    ctl(address, "kv", "scan");
    ctl(address, "store", "list");
    ctl(address, "region", "list");
  }

  private static void ctl(String address, String... question) {
    List<String> arguments = new ArrayList<>(List.of("ctl", "--pd", address));
    arguments.addAll(List.of(question));
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said);
    int exit = Main.commandLine().setOut(out).setErr(out).execute(arguments.toArray(String[]::new));
    if (exit != Exit.CLEAN) {
      throw new IllegalStateException(arguments + " failed: " + said);
    }
  }
}
