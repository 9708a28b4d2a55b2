package dev.flotilla.node;

import dev.flotilla.coprocessor.pf4j.CheckReport;
import dev.flotilla.coprocessor.pf4j.CoprocessorManager;
import dev.flotilla.coprocessor.pf4j.PluginOptions;
import dev.flotilla.coprocessor.pf4j.PluginSettings;
import dev.flotilla.node.settings.ConfigException;
import dev.flotilla.node.settings.PluginFiles;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Help for those who write plugins. */
@Command(
    name = "plugin",
    description = "Look at plugins.",
    mixinStandardHelpOptions = true,
    subcommands = PluginCommand.Check.class)
final class PluginCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "which command? see flotilla plugin --help");
  }

  /** Says what a jar is and whether a node would use it; runs no code of it. */
  @Command(
      name = "check",
      description = {
        "Say what a plugin jar is and whether a node would use it.",
        "Where <plugin-id>.toml is beside it, the settings in that folder are read, too."
      },
      mixinStandardHelpOptions = true)
  static final class Check implements Callable<Integer> {
    @SuppressWarnings("NullAway.Init")
    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init")
    @Parameters(paramLabel = "JAR", description = "the plugin")
    private Path jar;

    @Override
    public Integer call() {
      if (!Files.isRegularFile(jar)) {
        throw new ParameterException(spec.commandLine(), "there is no file " + jar);
      }
      CheckReport looked = CoprocessorManager.checkJar(jar);
      Path settings = jar.resolveSibling(looked.id() + ".toml");
      boolean isSet = Files.exists(settings);
      CheckReport report = isSet ? withSettings(looked) : looked;
      PrintWriter out = spec.commandLine().getOut();
      if (!report.id().isEmpty()) {
        out.println("plugin    " + report.id() + " " + report.version());
        out.println("requires  " + report.requires());
      }
      if (isSet) {
        out.println("settings  " + settings);
      }
      for (CheckReport.Observer observer : report.observers()) {
        out.println(
            "observer  "
                + observer.className()
                + " at "
                + observer.priority()
                + ": "
                + String.join(", ", observer.hooks()));
      }
      report.notes().forEach(note -> out.println("note      " + note));
      report.problems().forEach(problem -> out.println("problem   " + problem));
      out.println(report.isUsable() ? "a node would use it" : "a node would not use it");
      out.flush();
      return report.isUsable() ? Exit.CLEAN : Exit.USAGE;
    }

    /** Reads the settings as a node does, which does not start with those that it cannot use. */
    private CheckReport withSettings(CheckReport report) {
      Path folder = Objects.requireNonNull(jar.toAbsolutePath().getParent());
      try {
        PluginSettings settings = PluginFiles.read(folder, folder);
        if (!settings.unreadable().isEmpty()) {
          return unreadable(report, new TreeSet<>(settings.unreadable().values()));
        }
        PluginOptions options = settings.options().get(report.id());
        if (options == null) {
          return report;
        }
        CheckReport judged =
            options.config().isEmpty()
                ? report
                : report.withNote(
                    "whether the plugin knows "
                        + String.join(", ", new TreeSet<>(options.config().keySet()))
                        + " of [config], only its start shows: see the node's log");
        return options.enabled()
            ? judged
            : judged.withProblem("its settings say that it is not enabled");
      } catch (ConfigException e) {
        return unreadable(report, Set.of(String.valueOf(e.getMessage())));
      }
    }

    private static CheckReport unreadable(CheckReport report, Set<String> reasons) {
      return report.withProblem(
          "no node starts with these settings: " + String.join("; ", reasons));
    }
  }
}
