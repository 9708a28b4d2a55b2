package dev.flotilla.node.ctl;

import dev.flotilla.proto.metapb.Store;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code flotilla ctl plugin}: what every node has loaded, asked of its status port. */
@Command(
    name = "plugin",
    description = "Show the coprocessors of every node, in the order of calls.",
    mixinStandardHelpOptions = true)
final class PluginListCommand implements Callable<Integer> {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** Of what a node says of a coprocessor, what fits on a line; {@code --json} has all. */
  private static final List<String> COLUMNS =
      List.of("plugin", "version", "class", "state", "calls", "rejections", "failures");

  @SuppressWarnings("NullAway.Init") // set by picocli
  @ParentCommand
  private CtlCommand ctl;

  @Option(names = "--store", description = "Only of this store.")
  private long only;

  /** Exit status 1 when a node could not be asked. */
  @Override
  public Integer call() throws InterruptedException {
    List<JsonObject> rows = new ArrayList<>();
    boolean complete = true;
    for (Store store : ctl.ask(client -> client.placement().stores())) {
      if (only != 0 && store.getId() != only) {
        continue;
      }
      try {
        for (Object coprocessor : coprocessorsOf(store)) {
          rows.add(row(store, (JsonObject) coprocessor));
        }
      } catch (IOException | DecodeException e) {
        complete = false;
        ctl.warn("store " + store.getId() + " does not tell: " + e.getMessage());
      }
    }
    ctl.show(rows);
    return complete ? 0 : 1;
  }

  private static JsonArray coprocessorsOf(Store store) throws IOException, InterruptedException {
    if (store.getStatusAddress().isEmpty()) {
      throw new IOException("it has no status port");
    }
    HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + store.getStatusAddress() + "/coprocessors"))
            .timeout(TIMEOUT)
            .build();
    return new JsonArray(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
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
