package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.pf4j.PluginJars;
import dev.flotilla.proto.kvrpcpb.KeyRange;
import dev.flotilla.proto.kvrpcpb.RawCASRequest;
import dev.flotilla.proto.kvrpcpb.RawCASResponse;
import dev.flotilla.proto.kvrpcpb.RawCoprocessorRequest;
import dev.flotilla.proto.kvrpcpb.RawCoprocessorResponse;
import dev.flotilla.proto.kvrpcpb.RawGetRequest;
import dev.flotilla.proto.kvrpcpb.RawGetResponse;
import dev.flotilla.proto.kvrpcpb.RawPutRequest;
import dev.flotilla.proto.kvrpcpb.RawPutResponse;
import dev.flotilla.proto.pdpb.PDGrpcClient;
import dev.flotilla.proto.pdpb.ScanRegionsRequest;
import dev.flotilla.proto.tikvpb.TikvGrpcClient;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A jar dropped into the plugin folder changes what happens; taken out, it does not. */
class PluginEndToEndTest {
  private static final String BODY =
      """
      @Override public void preProposeQuery(ProposeContext context, QueryBatch batch)
          throws RejectedException {
        for (int i = 0; i < batch.size(); i++) {
          if (batch.key(i).toUtf8().startsWith("forbidden")) {
            throw new RejectedException(
                RejectedException.Code.THROTTLED, "keys of this kind are not for you", 250);
          }
          if (batch.kind(i) == QueryKind.PUT) {
            batch.setValue(i, Bytes.utf8(batch.value(i).toUtf8().toUpperCase(java.util.Locale.ROOT)));
          }
        }
      }
      @Override public void postApplyQuery(
          ObserverContext context, AppliedQuery query, ResponseEditor response) {
        for (int i = 0; i < response.size(); i++) {
          if (response.hasValue(i)) {
            response.setValue(i, Bytes.utf8("<" + response.value(i).toUtf8() + ">"));
          }
        }
      }
      """;

  @TempDir private Path folder;

  private RunningNode start() throws Exception {
    return start(Map.of());
  }

  private RunningNode start(Map<String, String> settings) throws Exception {
    Map<String, String> all = new HashMap<>(settings);
    all.put("coprocessor.plugins-dir", folder.resolve("plugins").toString());
    return RunningNode.start(RunningNode.onFreePort(folder.resolve("data"), all));
  }

  private static ByteString utf8(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static RawPutResponse put(RunningNode node, String key, String value) throws Exception {
    return node.call(
        TikvGrpcClient.RawPut,
        RawPutRequest.newBuilder()
            .setContext(RunningNode.context())
            .setKey(utf8(key))
            .setValue(utf8(value))
            .build());
  }

  private static String get(RunningNode node, String key) throws Exception {
    RawGetResponse response =
        node.call(
            TikvGrpcClient.RawGet,
            RawGetRequest.newBuilder().setContext(RunningNode.context()).setKey(utf8(key)).build());
    return response.getValue().toStringUtf8();
  }

  private static RawCASResponse swapFails(RunningNode node, String key) throws Exception {
    return node.call(
        TikvGrpcClient.RawCompareAndSwap,
        RawCASRequest.newBuilder()
            .setContext(RunningNode.context())
            .setKey(utf8(key))
            .setPreviousNotExist(true)
            .setValue(utf8("other"))
            .build());
  }

  /** Puts a plugin of one extension into the node's folder. */
  private Path plug(String id, String name, String header, String body) throws Exception {
    return new PluginJars(folder.resolve("build"))
        .build(
            folder.resolve("plugins").resolve(id + ".jar"),
            PluginJars.Recipe.of(id, "1.0.0").extension(name, header, body));
  }

  @Test
  void aJarAltersRejectsAndIsTakenOutAgain() throws Exception {
    Path jar = plug("shout", "Shout", "@org.pf4j.Extension @@ implements QueryObserver", BODY);
    try (RunningNode node = start()) {
      assertThat(put(node, "greeting", "hello").getError()).isEmpty();
      assertThat(get(node, "greeting")).isEqualTo("HELLO");
      RawPutResponse rejected = put(node, "forbidden/1", "v");
      assertThat(rejected.getError())
          .isEqualTo(
              "rejected by shout (THROTTLED, retry after 250 ms): keys of this kind are not for you");
      assertThat(get(node, "forbidden/1")).isEmpty();
      assertThat(swapFails(node, "greeting").getPreviousValue()).isEqualTo(utf8("<HELLO>"));
    }
    Files.delete(jar);
    try (RunningNode node = start()) {
      assertThat(get(node, "greeting")).isEqualTo("HELLO");
      put(node, "greeting", "hello");
      assertThat(get(node, "greeting")).isEqualTo("hello");
      assertThat(put(node, "forbidden/1", "v").getError()).isEmpty();
      assertThat(swapFails(node, "greeting").getPreviousValue()).isEqualTo(utf8("hello"));
    }
  }

  private static final String COUNT =
      """
      @Override public Bytes query(
          ObserverContext context, java.util.List<KeyRange> ranges, Bytes request,
          RegionReader reader) throws RejectedException {
        switch (request.toUtf8()) {
          case "deny" -> throw new RejectedException(RejectedException.Code.DENIED, "not for you");
          case "fail" -> throw new IllegalStateException("told to fail");
          default -> {}
        }
        StringBuilder seen = new StringBuilder();
        for (KeyRange range : ranges) {
          reader.scan(range, (key, value) -> {
            seen.append(key.toUtf8()).append('=').append(value.toUtf8()).append(' ');
            return true;
          });
          seen.append("and ").append(reader.get(range.start()) != null).append(' ');
        }
        return Bytes.utf8(request.toUtf8() + ": " + seen);
      }
      """;

  private static RawCoprocessorRequest question(String plugin, String versions, String data) {
    return RawCoprocessorRequest.newBuilder()
        .setContext(RunningNode.context())
        .setCoprName(plugin)
        .setCoprVersionReq(versions)
        .addRanges(KeyRange.newBuilder().setStartKey(utf8("b")).setEndKey(utf8("d")))
        .addRanges(KeyRange.newBuilder().setStartKey(utf8("x")))
        .setData(utf8(data))
        .build();
  }

  private static RawCoprocessorResponse ask(RunningNode node, RawCoprocessorRequest question)
      throws Exception {
    return node.call(TikvGrpcClient.RawCoprocessor, question);
  }

  /** By TiKV's call for it, which clients of TiKV for Rust and Go make. */
  @Test
  void anEndpointAnswersFromTheData() throws Exception {
    plug("count", "Count", "@@ implements Endpoint", COUNT);
    try (RunningNode node = start()) {
      for (String key : List.of("a", "b", "c", "d", "x", "y")) {
        put(node, key, key + key);
      }
      assertThat(ask(node, question("count", "1.0", "hello")).getData().toStringUtf8())
          .isEqualTo("hello: b=bb c=cc and true x=xx y=yy and true ");
      assertThat(ask(node, question("count", "^2.0", "")).getError())
          .isEqualTo("rejected by count (INVALID): is of version 1.0.0, not of ^2.0");
      assertThat(ask(node, question("sum", "*", "")).getError())
          .isEqualTo("rejected by sum (INVALID): no plugin of this name answers queries");
      assertThat(ask(node, question("count", "", "deny")).getError())
          .isEqualTo("rejected by count (DENIED): not for you");
      assertThat(ask(node, question("count", "", "fail")).getError())
          .isEqualTo("rejected by count (UNAVAILABLE): failed in query: IllegalStateException");

      assertThat(run("ctl", "--pd", node.address().toString(), "region", "split", "2", "m").exit())
          .isZero();
      RawCoprocessorResponse stale = ask(node, question("count", "", ""));
      assertThat(stale.getRegionError().hasEpochNotMatch()).isTrue();
      assertThat(node.metrics().lines())
          .contains(
              "flotilla_coprocessor_failures_total{class=\"plugin.Count\",plugin=\"count\"} 1.0");
    }
  }

  private static final String CUT =
      """
      @Override public SplitChecker splitChecker(ObserverContext context) {
        Bytes start = context.region().startKey();
        java.util.List<Bytes> cuts = new java.util.ArrayList<>();
        return new SplitChecker() {
          @Override public boolean onKey(Bytes key, long bytes) {
            if (key.toUtf8().endsWith("/") && !key.equals(start)) {
              cuts.add(key);
            }
            return true;
          }
          @Override public java.util.List<Bytes> splitKeys() {
            return cuts.size() < 2 ? java.util.List.of() : cuts;
          }
        };
      }
      """;

  /** However small they are. */
  @Test
  @Timeout(120)
  void regionsAreCutWhereAPluginSays() throws Exception {
    plug("cut", "Cut", "@@ implements SplitCheckObserver", CUT);
    try (RunningNode node =
        start(Map.of("region.split-check-diff-bytes", "1B", "region.split-check-tick", "20ms"))) {
      // The last is the one that the plugin waits for: no region changes while these are written.
      for (String key : List.of("a/1", "b/", "b/1", "c/1", "c/")) {
        assertThat(put(node, key, "v")).isEqualTo(RawPutResponse.getDefaultInstance());
      }
      while (starts(node).size() < 3) {
        // Grows until a wish has come at a time at which the placement driver could be asked.
        put(node, "c/", "v");
      }
      assertThat(starts(node)).containsExactly("", "b/", "c/");
      assertThat(node.metrics().lines())
          .contains("flotilla_coprocessor_failures_total{class=\"plugin.Cut\",plugin=\"cut\"} 0.0");
    }
  }

  /** Where the regions start that the placement driver knows of. */
  private static List<String> starts(RunningNode node) throws Exception {
    ScanRegionsRequest all =
        ScanRegionsRequest.newBuilder().setHeader(node.pdHeader()).setLimit(100).build();
    return node.call(PDGrpcClient.ScanRegions, all).getRegionsList().stream()
        .map(region -> region.getRegion().getStartKey().toStringUtf8())
        .toList();
  }

  /** No command fails meanwhile, and each meets one version or the other. */
  @Test
  @Timeout(120)
  void aJarIsTakenUpReplacedAndTakenOutUnderLoad() throws Exception {
    Path plugins = Files.createDirectories(folder.resolve("plugins"));
    try (RunningNode node = start()) {
      writeUntil(node, "v", "v");
      plugMark("1");
      writeUntil(node, "v", "v1");
      assertThat(node.metrics()).contains("class=\"plugin.Mark\",plugin=\"mark\"");
      plugMark("2");
      writeUntil(node, "v1", "v2");
      assertThat(shownPlugins(node)).contains("2.0.0").doesNotContain("1.0.0");
      Files.delete(plugins.resolve("mark.jar"));
      writeUntil(node, "v2", "v");
    }
  }

  private void plugMark(String version) throws Exception {
    String body =
        """
        @Override public void preProposeQuery(ProposeContext context, QueryBatch batch) {
          batch.setValue(0, batch.value(0).concat(Bytes.utf8("%s")));
        }
        """
            .formatted(version);
    Path built =
        new PluginJars(folder.resolve("build"))
            .build(
                folder.resolve("mark-" + version + ".jar"),
                PluginJars.Recipe.of("mark", version + ".0.0")
                    .extension("Mark", "@@ implements QueryObserver", body));
    Files.copy(built, folder.resolve("plugins/mark.jar"), StandardCopyOption.REPLACE_EXISTING);
  }

  private static void writeUntil(RunningNode node, String before, String after) throws Exception {
    String value;
    do {
      assertThat(put(node, "k", "v").getError()).isEmpty();
      value = get(node, "k");
      assertThat(value).isIn(before, after);
    } while (!value.equals(after));
  }

  /** Notes regions and writes, and where writes are missing what there is. */
  private static final String FOLLOW =
      """
      private java.nio.file.Path notes;
      @Override public void start(CoprocessorEnvironment environment) {
        notes = environment.dataFolder().resolve("notes");
      }
      @Override public void onRegionChanged(ObserverContext context, RegionChange change) {
        note(change.kind() + " " + context.region().id());
      }
      @Override public void onFlushAppliedCmdBatch(CmdBatch batch) {
        for (AppliedQuery write : batch.writes()) {
          note("saw " + write.key(0).toUtf8() + "=" + write.value(0).toUtf8());
        }
        RegionData data = batch.data();
        if (batch.writes().isEmpty() && data != null) {
          data.scan(new KeyRange(Bytes.empty(), Bytes.empty()), (key, value) -> {
            note("found " + key.toUtf8() + "=" + value.toUtf8());
            return true;
          });
          note("up to date: " + (data.index() >= batch.last()));
        }
      }
      private synchronized void note(String text) {
        try {
          java.nio.file.Files.writeString(notes, text + System.lineSeparator(),
              java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND);
        } catch (java.io.IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      }
      """;

  @Test
  @Timeout(120)
  void writesAreFollowedThroughARestart() throws Exception {
    plug("follow", "Follow", "@@ implements CmdObserver, RegionChangeObserver", FOLLOW);
    try (RunningNode node = start()) {
      put(node, "a", "1");
      put(node, "b", "2");
      awaitNote("saw b=2");
    }
    assertThat(notes())
        .containsExactlyInAnyOrder("CREATED 2", "up to date: true", "saw a=1", "saw b=2");
    Files.delete(folder.resolve("data/plugins/data/follow/notes"));
    try (RunningNode node = start()) {
      awaitNote("up to date: true");
      assertThat(notes())
          .contains("CREATED 2")
          .containsSubsequence("found a=1", "found b=2", "up to date: true");
      assertThat(run("ctl", "--pd", node.address().toString(), "region", "split", "2", "b").exit())
          .isZero();
      awaitNote("UPDATED 2");
    }
  }

  private List<String> notes() throws Exception {
    Path notes = folder.resolve("data/plugins/data/follow/notes");
    return Files.exists(notes) ? Files.readAllLines(notes) : List.of();
  }

  private void awaitNote(String note) {
    Awaitility.await().until(() -> notes().contains(note));
  }

  @Test
  void whatBecomesOfCallsIsCountedForPrometheus() throws Exception {
    plug(
        "moody",
        "Moody",
        "@@ implements QueryObserver",
        """
                    @Override public void preProposeQuery(ProposeContext context, QueryBatch batch)
                        throws RejectedException {
                      switch (batch.key(0).toUtf8()) {
                        case "deny" ->
                          throw new RejectedException(RejectedException.Code.DENIED, "no");
                        case "fail" -> throw new IllegalStateException("told to fail");
                        case "alter" -> batch.setValue(0, Bytes.utf8("other"));
                        default -> {}
                      }
                    }
                    """);
    try (RunningNode node = start()) {
      for (String key : List.of("k", "deny", "deny", "fail", "alter")) {
        put(node, key, "v");
      }
      assertThat(node.metrics().lines())
          .contains(
              "flotilla_coprocessor_calls_total{class=\"plugin.Moody\",plugin=\"moody\"} 5.0",
              "flotilla_coprocessor_rejections_total{class=\"plugin.Moody\",plugin=\"moody\"} 2.0",
              "flotilla_coprocessor_failures_total{class=\"plugin.Moody\",plugin=\"moody\"} 1.0",
              "flotilla_coprocessor_alterations_total{class=\"plugin.Moody\",plugin=\"moody\"} 1.0");
    }
  }

  @Test
  void anOrderThatIsRefusedIsToldToWhoGaveItAndByTheLog() throws Exception {
    plug(
        "guard",
        "Guard",
        "@@ implements AdminObserver",
        """
                    @Override public void preProposeAdmin(ProposeContext context, AdminCommand command)
                        throws RejectedException {
                      if (command.kind() != AdminKind.COMPACT_LOG) {
                        throw new RejectedException(RejectedException.Code.DENIED, "not by day");
                      }
                    }
                    """);
    Logger log = (Logger) LoggerFactory.getLogger("dev.flotilla.verticle.cluster");
    ListAppender<ILoggingEvent> events = new ListAppender<>();
    events.start();
    log.addAppender(events);
    try (RunningNode node = start()) {
      String pd = node.address().toString();
      Outcome split = run("ctl", "--pd", pd, "region", "split", "2", "m");
      assertThat(split.err())
          .isEqualTo("flotilla: region 2: split refused by plugin guard: not by day\n");
      assertThat(split.exit()).isEqualTo(1);
      assertThat(run("ctl", "--pd", pd, "--json", "operator", "list").out())
          .contains(
              "\"regionId\" : 2", "\"refusal\" : \"split refused by plugin guard: not by day\"");
      Outcome check = run("ctl", "--pd", pd, "region", "check", "2");
      assertThat(check.err())
          .contains("region 2: comparison of the replicas refused by plugin guard: not by day");
      assertThat(check.exit()).isEqualTo(1);
      assertThat(List.copyOf(events.list))
          .extracting(ILoggingEvent::getFormattedMessage)
          .contains("the split of region 2 was refused by plugin guard: not by day");
    } finally {
      log.detachAppender(events);
    }
  }

  @Test
  void startsWithoutAPluginThatIsNoneUnlessItIsRequired() throws Exception {
    Path plugins = Files.createDirectories(folder.resolve("plugins"));
    Files.writeString(plugins.resolve("junk.jar"), "not a jar");
    try (RunningNode node = start()) {
      put(node, "k", "v");
      assertThat(get(node, "k")).isEqualTo("v");
      assertThat(shownPlugins(node)).contains("failed", "not a readable jar");
    }
    Files.writeString(plugins.resolve("needed.toml"), "required = true\n");
    assertThatThrownBy(this::start).isInstanceOf(StartRefused.class).hasMessageContaining("needed");
  }

  @Test
  void doesNotStartWithAFolderThatCannotBeRead() throws Exception {
    Path plugins = Files.createDirectories(folder.resolve("plugins"));
    Files.createSymbolicLink(plugins.resolve("loop.jar"), Path.of("loop.jar"));
    assertThatThrownBy(this::start)
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("folder of plugins cannot be read")
        .hasMessageContaining("loop.jar");
  }

  private static String shownPlugins(RunningNode node) {
    return run("ctl", "--pd", node.address().toString(), "plugin").out();
  }

  private record Outcome(int exit, String out, String err) {}

  private static Outcome run(String... command) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        Main.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(command);
    return new Outcome(exit, out.toString(), err.toString());
  }
}
