package dev.flotilla.node;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints a script that teaches bash and zsh to complete our commands. */
@Command(
    name = "completion",
    description = "Print a completion script: source <(flotilla completion)",
    mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().getOut().print(AutoComplete.bash("flotilla", spec.root().commandLine()));
    spec.commandLine().getOut().flush();
    return Exit.CLEAN;
  }
}
