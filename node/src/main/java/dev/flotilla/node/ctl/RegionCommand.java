package dev.flotilla.node.ctl;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code flotilla ctl region}: where keys are, and where they are to be. */
@Command(
    name = "region",
    description = "Show regions, move their replicas and leaders, split them.",
    footer =
        "Changes are waited for, for as long as --timeout says, and what is then is shown. Exit"
            + " status 4: accepted, and not to be seen by then.",
    mixinStandardHelpOptions = true)
final class RegionCommand implements Callable<Integer> {
  private static final String LIMIT = "At most so many; all if not given.";

  /** Regions asked for at once. */
  private static final int PAGE = 1000;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @ParentCommand
  private CtlCommand ctl;

  @Mixin private final HexOption hex = new HexOption();

  @Parameters(paramLabel = "ID", arity = "0..1", description = "Only this region.")
  private @Nullable Long only;

  @Option(names = "--limit", description = LIMIT)
  private @Nullable Integer limit;

  @Override
  public Integer call() {
    Long id = only;
    return id == null ? list(limit) : show(id);
  }

  @Command(description = "Show regions in order of keys.", mixinStandardHelpOptions = true)
  int list(@Option(names = "--limit", description = LIMIT) @Nullable Integer most) {
    if (most != null && most < 1) {
      throw new ParameterException(spec.commandLine(), "option --limit: 1 or more");
    }
    int wanted = most == null ? Integer.MAX_VALUE : most;
    return ctl.print(
        client ->
            new RegionPages(client.placement()::regions, PAGE)
                .first(wanted)
                .map(
                    regions ->
                        regions.stream().map(found -> Describe.region(found, hex)).toList()));
  }

  @Command(description = "Show one region.", mixinStandardHelpOptions = true)
  int show(@Parameters(paramLabel = "ID") long id) {
    return ctl.print(
        client -> client.placement().region(id).map(found -> List.of(Describe.region(found, hex))));
  }

  @Command(description = "Show the region of a key.", mixinStandardHelpOptions = true)
  int key(@Parameters(paramLabel = "KEY") String wanted) {
    return ctl.print(
        client ->
            client
                .placement()
                .region(hex.bytes(wanted))
                .map(found -> List.of(Describe.region(found, hex))));
  }

  @Command(
      name = "transfer-leader",
      description = "Let the replica on a store lead.",
      mixinStandardHelpOptions = true)
  int transferLeader(
      @Parameters(paramLabel = "ID") long id, @Parameters(paramLabel = "STORE") long store) {
    return new RegionOrders(ctl, hex).transferLeader(id, store);
  }

  @Command(
      name = "add-peer",
      description = "Add a replica on a store.",
      mixinStandardHelpOptions = true)
  int addPeer(
      @Parameters(paramLabel = "ID") long id, @Parameters(paramLabel = "STORE") long store) {
    return new RegionOrders(ctl, hex).addPeer(id, store);
  }

  @Command(
      name = "remove-peer",
      description = "Remove the replica on a store.",
      mixinStandardHelpOptions = true)
  int removePeer(
      @Parameters(paramLabel = "ID") long id, @Parameters(paramLabel = "STORE") long store) {
    return new RegionOrders(ctl, hex).removePeer(id, store);
  }

  @Command(
      description = "Split a region at a key, show both parts.",
      mixinStandardHelpOptions = true)
  int split(@Parameters(paramLabel = "ID") long id, @Parameters(paramLabel = "KEY") String at) {
    return new RegionOrders(ctl, hex).split(id, hex.bytes(at));
  }

  @Command(
      description =
          "Compare the replicas of a region by a hash of their data, now, and show what comes of"
              + " it, as the status port of its leader tells it. Exit status 1 when they differ.",
      mixinStandardHelpOptions = true)
  int check(@Parameters(paramLabel = "ID") long id) {
    return new RegionCheck(ctl, hex).run(id);
  }
}
