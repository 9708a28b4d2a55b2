package dev.flotilla.node.ctl;

import dev.flotilla.client.StatusPages;
import dev.flotilla.proto.metapb.Store;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code flotilla ctl plugin}: what every node has loaded, asked of its status port. */
@Command(
    name = "plugin",
    description = "Show the coprocessors of every node, in the order of calls.",
    mixinStandardHelpOptions = true)
final class PluginListCommand implements Callable<Integer> {
  /** Of what a node says of a coprocessor, what fits on a line; {@code --json} has all. */
  private static final List<String> COLUMNS =
      List.of("plugin", "version", "class", "state", "calls", "rejections", "failures", "reason");

  @SuppressWarnings("NullAway.Init") // set by picocli
  @ParentCommand
  private CtlCommand ctl;

  @Option(names = "--store", paramLabel = "ID", description = "Only of this store.")
  private @Nullable Long only;

  /** Exit status 1 when a node could not be asked. */
  @Override
  public Integer call() throws InterruptedException {
    List<JsonObject> rows = new ArrayList<>();
    boolean complete = true;
    StatusPages pages = new StatusPages(ctl.credentials());
    List<Store> stores = stores();
    for (Store store : stores) {
      try {
        for (Object coprocessor : coprocessorsOf(store, pages)) {
          rows.add(row(store, (JsonObject) coprocessor));
        }
      } catch (IOException | DecodeException e) {
        complete = false;
        ctl.warn("store " + store.getId() + " does not tell: " + e.getMessage());
      }
    }
    ctl.show(rows);
    if (complete && only == null) {
      PluginDifferences.of(stores.stream().map(Store::getId).toList(), rows).forEach(ctl::warn);
    }
    return complete ? 0 : 1;
  }

  private List<Store> stores() {
    List<Store> all =
        ctl.ask(client -> client.placement().stores()).stream()
            .filter(store -> !StoreCommand.isTombstone(store))
            .toList();
    Long wanted = only;
    if (wanted == null) {
      return all;
    }
    List<Store> one = all.stream().filter(store -> store.getId() == wanted).toList();
    if (one.isEmpty()) {
      throw new IllegalStateException("there is no store " + wanted);
    }
    return one;
  }

  private static JsonArray coprocessorsOf(Store store, StatusPages pages)
      throws IOException, InterruptedException {
    if (store.getStatusAddress().isEmpty()) {
      throw new IOException("it has no status port");
    }
    return new JsonArray(pages.read(store.getStatusAddress(), "/coprocessors"));
  }

  private JsonObject row(Store store, JsonObject coprocessor) {
    JsonObject row = new JsonObject().put("store", store.getId());
    if (ctl.isJson()) {
      return row.mergeIn(coprocessor);
    }
    COLUMNS.forEach(column -> row.put(column, coprocessor.getValue(column)));
    return row;
  }
}
