package dev.flotilla.node.ctl;

import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code flotilla ctl store}: which there are, and what is to become of them. */
@Command(
    name = "store",
    description = "Show stores, empty them, take them out of the cluster.",
    mixinStandardHelpOptions = true)
final class StoreCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // set by picocli
  @ParentCommand
  private CtlCommand ctl;

  @Parameters(paramLabel = "ID", arity = "0..1", description = "Only this store.")
  private @Nullable Long only;

  @Override
  public Integer call() {
    return show(only);
  }

  @Command(description = "Show all stores.", mixinStandardHelpOptions = true)
  int list() {
    return show(null);
  }

  @Command(description = "Show one store.", mixinStandardHelpOptions = true)
  int show(@Parameters(paramLabel = "ID") @Nullable Long id) {
    List<Store> stores = ctl.ask(client -> client.placement().stores());
    List<JsonObject> rows =
        stores.stream()
            .filter(store -> id == null || store.getId() == id)
            .map(Describe::store)
            .toList();
    if (id != null && rows.isEmpty()) {
      throw new IllegalStateException("there is no store " + id);
    }
    return ctl.show(rows);
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

  private int set(long id, StoreState state) {
    return ctl.print(
        client ->
            client
                .placement()
                .setStoreState(id, state)
                .map(store -> List.of(Describe.store(store))));
  }
}
