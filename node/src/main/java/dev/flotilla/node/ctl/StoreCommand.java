package dev.flotilla.node.ctl;

import dev.flotilla.proto.admin.StoreStatus;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code flotilla ctl store}: which there are, and what is to become of them. */
@Command(
    name = "store",
    description = "Show stores, empty them, take them out of the cluster.",
    mixinStandardHelpOptions = true)
final class StoreCommand implements Callable<Integer> {
  private static final String ALL = "Also those that were taken out.";

  @SuppressWarnings("NullAway.Init") // set by picocli
  @ParentCommand
  private CtlCommand ctl;

  @Parameters(paramLabel = "ID", arity = "0..1", description = "Only this store.")
  private @Nullable Long only;

  @Option(names = "--all", description = ALL)
  private boolean all;

  @Override
  public Integer call() {
    Long id = only;
    return id == null ? list(all) : show(id);
  }

  @Command(
      description = "Show the stores of the cluster, and why one is not as it should be.",
      mixinStandardHelpOptions = true)
  int list(@Option(names = "--all", description = ALL) boolean withTombstones) {
    return ctl.show(
        statuses().stream()
            .filter(status -> withTombstones || !isTombstone(status.getStore()))
            .map(Describe::store)
            .toList());
  }

  @Command(description = "Show one store.", mixinStandardHelpOptions = true)
  int show(@Parameters(paramLabel = "ID") long id) {
    return ctl.show(List.of(Describe.store(status(id))));
  }

  private List<StoreStatus> statuses() {
    return ctl.ask(client -> client.placement().storeStatuses());
  }

  private StoreStatus status(long id) {
    return statuses().stream()
        .filter(status -> status.getStore().getId() == id)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("there is no store " + id));
  }

  /** Whether a store is gone: nobody is there, and it is on record only. */
  static boolean isTombstone(Store store) {
    return store.getState() == StoreState.Tombstone;
  }

  @Command(
      description = "Put a store's replicas elsewhere; it stays a member.",
      mixinStandardHelpOptions = true)
  int drain(@Parameters(paramLabel = "ID") long id) {
    return set(id, StoreState.Offline);
  }

  @Command(description = "Let a store take replicas again.", mixinStandardHelpOptions = true)
  int undrain(@Parameters(paramLabel = "ID") long id) {
    return set(id, StoreState.Up);
  }

  @Command(
      description = "Take a store out for good, once its replicas are elsewhere.",
      mixinStandardHelpOptions = true)
  int delete(@Parameters(paramLabel = "ID") long id) {
    return set(id, StoreState.Tombstone);
  }

  @Command(
      name = "remove-tombstones",
      description = "Forget the stores that were taken out, show which they were.",
      mixinStandardHelpOptions = true)
  int removeTombstones() {
    return ctl.print(
        client ->
            client
                .placement()
                .removeTombstones()
                .map(ids -> ids.stream().map(id -> new JsonObject().put("id", id)).toList()));
  }

  /** It is begun; whether it can ever be done may be known already. */
  private int set(long id, StoreState state) {
    ctl.ask(client -> client.placement().setStoreState(id, state));
    StoreStatus status = status(id);
    int exit = ctl.show(List.of(Describe.store(status)));
    if (state != StoreState.Up && !status.getReason().isEmpty()) {
      ctl.warn(
          "store %d will not be empty as things are now: %s".formatted(id, status.getReason()));
    }
    return exit;
  }
}
