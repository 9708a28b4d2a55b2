package dev.flotilla.node;

import dev.flotilla.bench.BenchCommand;
import dev.flotilla.node.ctl.CtlCommand;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command itself: says what there is. */
@Command(
    name = "flotilla",
    description = "A distributed key-value store for clients of TiKV.",
    mixinStandardHelpOptions = true,
    versionProvider = FlotillaCommand.Version.class,
    subcommands = {
      StartCommand.class,
      DevCommand.class,
      CtlCommand.class,
      BenchCommand.class,
      PluginCommand.class,
      ArchiveClassesCommand.class,
      CompletionCommand.class
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:clean stop",
      "1:fault: damaged data, failing disk, bug; of a tool: the cluster says no, there is no such"
          + " key",
      "2:bad usage or configuration",
      "3:of a tool: nobody answers, or the cluster cannot now",
      "4:ctl: a change is accepted, but was not to be seen within --timeout"
    })
final class FlotillaCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "which command? see flotilla --help");
  }

  /** The version of the jar; development builds that are not in a jar have none. */
  static final class Version implements IVersionProvider {
    static String text() {
      String version = FlotillaCommand.class.getPackage().getImplementationVersion();
      return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
      return new String[] {"flotilla " + text()};
    }
  }
}
