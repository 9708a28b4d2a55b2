package dev.flotilla.node;

import dev.flotilla.node.ctl.ByteOutput;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program {@code flotilla}. */
public final class Main {
  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  private Main() {}

  /** Runs a command and ends the process with its {@link Exit} status. */
  public static void main(String[] args) {
    CommandLine command = commandLine();
    command.setOut(new ByteOutput(command.getOut(), System.out));
    System.exit(command.execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new FlotillaCommand())
        // The last one wins, so that what a script passes can be changed at its end.
        .setOverwrittenOptionsAllowed(true)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((mistake, args) -> onUsage(mistake))
        .setExecutionExceptionHandler((failure, command, parsed) -> onFailure(failure, command));
  }

  private static int onUsage(ParameterException mistake) {
    CommandLine command = mistake.getCommandLine();
    command.getErr().println("flotilla: " + text(mistake));
    command.getErr().println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
    return Exit.USAGE;
  }

  /** Whoever mistypes a command thinks of no argument. */
  private static @Nullable String text(ParameterException mistake) {
    return mistake instanceof UnmatchedArgumentException unmatched
            && !unmatched.isUnknownOption()
            && !mistake.getCommandLine().getSubcommands().isEmpty()
        ? "unknown command '" + unmatched.getUnmatched().get(0) + "'"
        : mistake.getMessage();
  }

  private static int onFailure(Exception failure, CommandLine command) {
    LOG.debug("command failed", failure);
    Failure described = Failure.of(failure);
    command.getErr().println("flotilla: " + described.text());
    return described.exit();
  }
}
