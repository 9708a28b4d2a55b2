package dev.flotilla.node.ctl;

import com.google.protobuf.ByteString;
import dev.flotilla.client.ClientException;
import dev.flotilla.client.ClusterClient;
import dev.flotilla.raftstore.Regions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code flotilla ctl kv}: single keys. A write is sent once, whatever comes of it. */
@Command(
    name = "kv",
    description = "Read and write keys.",
    mixinStandardHelpOptions = true,
    footer = {
      "A write whose outcome is not known is not sent again: read the key, then decide.",
      "Exit status 1: no such key, or the cluster says no. 3: nobody answers, or not in time."
    })
final class KvCommand implements Callable<Integer> {
  /** As many as a node gives at once. */
  private static final int SCAN_LIMIT_MAX = 10_240;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @ParentCommand
  private CtlCommand ctl;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Mixin private final HexOption hex = new HexOption();

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "which command? get, put, delete or scan");
  }

  @Command(
      description = "Print the value of a key, its bytes as they are, and end the line.",
      mixinStandardHelpOptions = true)
  int get(@Parameters(paramLabel = "KEY") String key) {
    ByteString bytes = hex.bytes(key);
    Optional<ByteString> value = ctl.ask(client -> client.get(bytes));
    if (value.isEmpty()) {
      spec.commandLine().getErr().println("flotilla: no such key");
      return 1;
    }
    if (ctl.isJson()) {
      return ctl.show(List.of(row(bytes, value.get())));
    }
    print(value.get());
    return 0;
  }

  /** In hex, or so that a script has the value itself. */
  private void print(ByteString value) {
    PrintWriter out = spec.commandLine().getOut();
    if (hex.isGiven()) {
      out.println(hex.shown(value));
    } else if (out instanceof ByteOutput bytes) {
      bytes.println(value);
    } else {
      out.println(value.toStringUtf8());
    }
  }

  @Command(description = "Set the value of a key.", mixinStandardHelpOptions = true)
  int put(
      @Parameters(paramLabel = "KEY") String key,
      @Parameters(paramLabel = "VALUE") String value,
      @Option(
              names = "--ttl",
              paramLabel = "SECONDS",
              description = "How long the key is there; for ever if not given.")
          @Nullable Long ttlSeconds) {
    if (ttlSeconds != null && ttlSeconds < 1) {
      throw new ParameterException(spec.commandLine(), "option --ttl: 1 or more seconds");
    }
    ByteString keyBytes = hex.bytes(key);
    ByteString valueBytes = hex.bytes(value);
    long ttl = ttlSeconds == null ? 0 : ttlSeconds;
    return write(client -> client.put(keyBytes, valueBytes, ttl));
  }

  @Command(description = "Delete a key, if it is there.", mixinStandardHelpOptions = true)
  int delete(@Parameters(paramLabel = "KEY") String key) {
    ByteString bytes = hex.bytes(key);
    return write(client -> client.delete(bytes));
  }

  @Command(description = "Print keys and values in order.", mixinStandardHelpOptions = true)
  int scan(
      @Parameters(paramLabel = "START", arity = "0..1", defaultValue = "") String start,
      @Parameters(
              paramLabel = "END",
              arity = "0..1",
              defaultValue = "",
              description = "Only keys before it; to the last key if not given.")
          String end,
      @Option(
              names = "--limit",
              defaultValue = "100",
              description = "At most so many, 1 to " + SCAN_LIMIT_MAX + ".")
          int limit) {
    if (limit < 1 || limit > SCAN_LIMIT_MAX) {
      throw new ParameterException(spec.commandLine(), "option --limit: 1 to " + SCAN_LIMIT_MAX);
    }
    ByteString from = hex.bytes(start);
    ByteString to = hex.bytes(end);
    if (!to.isEmpty() && Regions.compare(from, to) >= 0) {
      throw new ParameterException(spec.commandLine(), "END must be after START");
    }
    return ctl.print(
        client ->
            client
                .scan(from, to, limit)
                .map(
                    pairs ->
                        pairs.stream().map(pair -> row(pair.getKey(), pair.getValue())).toList()));
  }

  private int write(Function<ClusterClient, Future<Void>> write) {
    try {
      ctl.ask(write);
      return 0;
    } catch (ClientException e) {
      spec.commandLine()
          .getErr()
          .println(
              "flotilla: "
                  + e.getMessage()
                  + (e.isOutcomeUnknown()
                      ? "; the write may have taken effect or still do so"
                      : "; nothing was written"));
      return e.isOutage() ? CtlCommand.NO_ANSWER : 1;
    }
  }

  private JsonObject row(ByteString key, ByteString value) {
    return new JsonObject().put("key", hex.shown(key)).put("value", hex.shown(value));
  }
}
