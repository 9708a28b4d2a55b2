package dev.flotilla.node.ctl;

import dev.flotilla.proto.admin.OperateKind;
import dev.flotilla.proto.admin.OperateRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code flotilla ctl operator add}: begins a change and shows what is left of it to be done. */
@Command(
    name = "add",
    description = "Begin a change, in place of another one of the region.",
    mixinStandardHelpOptions = true)
final class OperatorAddCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // set by picocli
  @ParentCommand
  private OperatorCommand operator;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(),
        "which command? add-peer, remove-peer, transfer-peer or transfer-leader");
  }

  @Command(
      name = "add-peer",
      description = "Add a replica on a store.",
      mixinStandardHelpOptions = true)
  int addPeer(
      @Parameters(paramLabel = "REGION") long region,
      @Parameters(paramLabel = "STORE") long store) {
    return begin(request(OperateKind.AddPeer, region, store));
  }

  @Command(
      name = "remove-peer",
      description = "Remove the replica on a store.",
      mixinStandardHelpOptions = true)
  int removePeer(
      @Parameters(paramLabel = "REGION") long region,
      @Parameters(paramLabel = "STORE") long store) {
    return begin(request(OperateKind.RemovePeer, region, store));
  }

  @Command(
      name = "transfer-peer",
      description = "Move a replica from one store to another.",
      mixinStandardHelpOptions = true)
  int transferPeer(
      @Parameters(paramLabel = "REGION") long region,
      @Parameters(paramLabel = "FROM") long from,
      @Parameters(paramLabel = "TO") long to) {
    return begin(request(OperateKind.MovePeer, region, to).setFromStoreId(from));
  }

  @Command(
      name = "transfer-leader",
      description = "Let the replica on a store lead.",
      mixinStandardHelpOptions = true)
  int transferLeader(
      @Parameters(paramLabel = "REGION") long region,
      @Parameters(paramLabel = "STORE") long store) {
    return begin(request(OperateKind.TransferLeader, region, store));
  }

  private static OperateRequest.Builder request(OperateKind kind, long region, long store) {
    return OperateRequest.newBuilder().setKind(kind).setRegionId(region).setStoreId(store);
  }

  private int begin(OperateRequest.Builder request) {
    return operator
        .ctl()
        .print(
            client ->
                client
                    .placement()
                    .operate(request)
                    .compose(begun -> client.placement().operators())
                    .map(
                        operators ->
                            operators.stream()
                                .filter(one -> one.getRegionId() == request.getRegionId())
                                .map(OperatorCommand::row)
                                .toList()));
  }
}
