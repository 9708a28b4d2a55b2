package dev.flotilla.node;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code flotilla start}: runs a node until it is told to stop. */
@Command(
    name = "start",
    description = "Run a node until SIGTERM or SIGINT.",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Options win over FLOTILLA_SECTION_KEY variables, these over the file, that over the"
          + " defaults. conf/node.toml explains every setting."
    })
final class StartCommand implements Callable<Integer> {
  /** System property with the folder of the installation, set by {@code bin/flotilla}. */
  private static final String HOME = "flotilla.home";

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Mixin private final StartOptions options = new StartOptions();

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Optional<Path> home = Optional.ofNullable(System.getProperty(HOME)).map(Path::of);
    StartOptions.Loaded loaded = options.load(home, System.getenv());
    out.println("flotilla " + FlotillaCommand.Version.text());
    loaded.remarks().forEach(out::println);
    out.flush();
    PrintWriter err = spec.commandLine().getErr();
    Stream.concat(loaded.warnings().stream(), OpenFiles.warning(loaded.config().storage()).stream())
        .forEach(warning -> err.println("flotilla: warning: " + warning));
    err.flush();
    return new NodeProcess(loaded.config(), out).run();
  }
}
