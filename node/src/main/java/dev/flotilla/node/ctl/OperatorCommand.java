package dev.flotilla.node.ctl;

import dev.flotilla.proto.admin.Operator;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code flotilla ctl operator}: what the placement driver is changing. */
@Command(
    name = "operator",
    description = "Show, begin and cancel changes of where regions are.",
    subcommands = OperatorAddCommand.class,
    mixinStandardHelpOptions = true)
final class OperatorCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // set by picocli
  @ParentCommand
  private CtlCommand ctl;

  CtlCommand ctl() {
    return ctl;
  }

  @Override
  public Integer call() {
    return list();
  }

  @Command(
      description = "Show changes under way, and what plugins refused of what was asked for.",
      mixinStandardHelpOptions = true)
  int list() {
    return ctl.print(
        client ->
            client
                .placement()
                .operators()
                .map(operators -> operators.stream().map(OperatorCommand::row).toList()));
  }

  static JsonObject row(Operator operator) {
    return new JsonObject()
        .put("regionId", operator.getRegionId())
        .put("reason", operator.getReason())
        .put("steps", new JsonArray(List.copyOf(operator.getStepsList())))
        .put("secondsLeft", operator.getSecondsLeft())
        .put("refusal", operator.getRefusal());
  }

  @Command(description = "Give up the change of a region.", mixinStandardHelpOptions = true)
  int cancel(@Parameters(paramLabel = "REGION") long regionId) {
    boolean found = ctl.ask(client -> client.placement().cancelOperator(regionId));
    if (!found) {
      throw new IllegalStateException("region " + regionId + " is not being changed");
    }
    return 0;
  }
}
