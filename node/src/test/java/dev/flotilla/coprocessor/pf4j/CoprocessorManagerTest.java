package dev.flotilla.coprocessor.pf4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.CoprocessorStatus;
import dev.flotilla.coprocessor.CoprocessorStatus.State;
import dev.flotilla.coprocessor.api.RejectedException.Code;
import dev.flotilla.coprocessor.pf4j.PluginJars.Recipe;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.CompareAndSwapRequest;
import dev.flotilla.proto.raft_cmdpb.CompareAndSwapResponse;
import dev.flotilla.proto.raft_cmdpb.PutRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.proto.raft_cmdpb.Response;
import dev.flotilla.raftstore.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoprocessorManagerTest {
  private static final Region REGION = Region.newBuilder().setId(2).build();
  private static final String QUERY_OBSERVER = "@@ implements QueryObserver";

  /** Appends the setting {@code suffix} to what is put, and refuses {@code bad} keys. */
  private static final String SUFFIX_BODY =
      """
      private String suffix = "";
      @Override public void start(CoprocessorEnvironment environment) {
        suffix = environment.config().text("suffix", "!");
      }
      @Override public void preProposeQuery(ProposeContext context, QueryBatch batch)
          throws RejectedException {
        for (int i = 0; i < batch.size(); i++) {
          if (batch.key(i).toUtf8().startsWith("bad")) {
            throw new RejectedException(RejectedException.Code.DENIED, "bad key");
          }
          batch.setValue(i, batch.value(i).concat(Bytes.utf8(suffix)));
        }
      }
      @Override public void postApplyQuery(
          ObserverContext context, AppliedQuery query, ResponseEditor response) {
        response.setValue(0, Bytes.utf8("told otherwise"));
      }
      """;

  @TempDir Path temp;
  private Path folder;
  private PluginJars jars;
  private final CoprocessorHost host = CoprocessorHost.withBuiltIns();

  @BeforeEach
  void setUp() {
    folder = temp.resolve("plugins");
    jars = new PluginJars(temp.resolve("build"));
  }

  private PluginSettings settings(Set<String> required, Map<String, PluginOptions> options) {
    return new PluginSettings(
        folder, temp.resolve("work"), temp.resolve("data"), required, options);
  }

  private CoprocessorManager start() {
    return CoprocessorManager.start(() -> settings(Set.of(), Map.of()), PluginJars.node(host));
  }

  private Path build(String file, Recipe recipe) throws IOException {
    return jars.build(folder.resolve(file), recipe);
  }

  private static Recipe suffix(String id) {
    return Recipe.of(id, "1.2.3").extension("Suffix", QUERY_OBSERVER, SUFFIX_BODY);
  }

  private CoprocessorStatus status(String id) {
    return host.status().stream()
        .filter(status -> status.pluginId().equals(id))
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  private static RaftCmdRequest put(String key, String value) {
    return RaftCmdRequest.newBuilder()
        .addRequests(
            Request.newBuilder()
                .setCmdType(CmdType.Put)
                .setPut(
                    PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setValue(ByteString.copyFromUtf8(value))))
        .build();
  }

  private String proposed(String key, String value) {
    RaftCmdRequest command = host.preProposeQuery(REGION, 6, put(key, value));
    return command.getRequests(0).getPut().getValue().toStringUtf8();
  }

  @Test
  void aMissingFolderIsNoPlugins() {
    try (CoprocessorManager manager = start()) {
      assertThat(manager).isNotNull();
      assertThat(host.status()).singleElement().extracting("pluginId").isEqualTo("flotilla.split");
    }
  }

  @Test
  void aPluginAltersRejectsAndAnswers() throws IOException {
    build("a.jar", suffix("suffix"));
    RaftCmdRequest swap =
        RaftCmdRequest.newBuilder()
            .addRequests(
                Request.newBuilder()
                    .setCmdType(CmdType.CompareAndSwap)
                    .setCompareAndSwap(CompareAndSwapRequest.getDefaultInstance()))
            .build();
    RaftCmdResponse swapped =
        RaftCmdResponse.newBuilder()
            .addResponses(
                Response.newBuilder()
                    .setCmdType(CmdType.CompareAndSwap)
                    .setCompareAndSwap(CompareAndSwapResponse.newBuilder().setSucceed(true)))
            .build();

    try (CoprocessorManager manager = start()) {
      assertThat(manager).isNotNull();
      assertThat(proposed("k", "v")).isEqualTo("v!");
      assertThatThrownBy(() -> proposed("bad key", "v"))
          .isInstanceOfSatisfying(
              Refusal.Rejected.class,
              refused -> {
                assertThat(refused.plugin).isEqualTo("suffix");
                assertThat(refused.code).isEqualTo(Code.DENIED);
              });
      assertThat(
              host.postApply(REGION, 7, 6, swap, swapped, true)
                  .getResponses(0)
                  .getCompareAndSwap()
                  .getPreviousValue()
                  .toStringUtf8())
          .isEqualTo("told otherwise");

      CoprocessorStatus status = status("suffix");
      assertThat(status.state()).isEqualTo(State.ACTIVE);
      assertThat(status.version()).isEqualTo("1.2.3");
      assertThat(status.className()).isEqualTo("plugin.Suffix");
      assertThat(status.hooks()).containsExactly("preProposeQuery", "postApplyQuery");
      assertThat(status.rejections()).isEqualTo(1);
      assertThat(status.alterations()).isEqualTo(2);
    }
    assertThat(proposed("k", "v")).as("after close").isEqualTo("v");
  }

  @Test
  void optionsReachThePlugin() throws IOException {
    build("a.jar", suffix("first"));
    build("b.jar", suffix("second"));
    build("c.jar", suffix("third"));
    Map<String, PluginOptions> options =
        Map.of(
            "first", new PluginOptions(true, 700, null, Map.of("suffix", "1"), Map.of()),
            "second", PluginOptions.of(Map.of("suffix", "2")),
            "third", new PluginOptions(false, null, null, Map.of(), Map.of()));

    try (CoprocessorManager manager =
        CoprocessorManager.start(
            () -> settings(Set.of("second"), options), PluginJars.node(host))) {
      assertThat(manager).isNotNull();
      assertThat(proposed("k", "v")).isEqualTo("v21");
      assertThat(status("third").state()).isEqualTo(State.DISABLED);
      assertThat(temp.resolve("data/second")).isDirectory();
    }
  }

  @Test
  void aJarThatIsNoneLeavesTheOthers() throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("a-junk.jar"), "this is no jar");
    Files.writeString(folder.resolve("readme.txt"), "not looked at");
    build("b.jar", suffix("suffix"));

    try (CoprocessorManager manager = start()) {
      assertThat(manager).isNotNull();
      assertThat(proposed("k", "v")).isEqualTo("v!");
      assertThat(status("a-junk.jar").state()).isEqualTo(State.FAILED);
      assertThat(status("a-junk.jar").reason()).contains("not a readable jar");
      assertThat(host.status()).hasSize(3);
    }
  }

  @Test
  void theSecondJarOfAnIdIsRefused() throws IOException {
    build("a.jar", suffix("suffix"));
    build("b.jar", suffix("suffix"));

    try (CoprocessorManager manager = start()) {
      assertThat(manager).isNotNull();
      assertThat(proposed("k", "v")).isEqualTo("v!");
      assertThat(status("suffix").state()).isEqualTo(State.FAILED);
      assertThat(status("suffix").reason()).contains("b.jar").contains("a.jar");
    }
  }

  @Test
  void anotherApiVersionIsRefused() throws IOException {
    build("a.jar", suffix("future").manifest("Plugin-Requires", ">=2.0.0"));
    build("b.jar", suffix("garbled").manifest("Plugin-Requires", "sometime"));

    try (CoprocessorManager manager = start()) {
      assertThat(manager).isNotNull();
      assertThat(status("future").reason()).contains(">=2.0.0").contains("1.2.0");
      assertThat(status("garbled").reason()).contains("sometime");
      assertThat(proposed("k", "v")).isEqualTo("v");
    }
  }

  /** The parser calls itself for each part, and the node would end with its stack. */
  @Test
  void aRangeOfApiVersionsIsShort() throws IOException {
    Path jar = build("a.jar", suffix("endless").manifest("Plugin-Requires", "(".repeat(20_000)));
    build("b.jar", suffix("suffix"));

    assertThat(CoprocessorManager.checkJar(jar).problems())
        .containsExactly("Plugin-Requires has more than 256 characters");
    try (CoprocessorManager manager = start()) {
      assertThat(manager).isNotNull();
      assertThat(status("endless").state()).isEqualTo(State.FAILED);
      assertThat(proposed("k", "v")).isEqualTo("v!");
    }
  }

  @Test
  void aPluginSeesNothingOfTheNode() throws IOException {
    build(
        "a.jar",
        Recipe.of("nosy", "1.0.0")
            .extension(
                "Nosy",
                QUERY_OBSERVER,
                """
                @Override public void start(CoprocessorEnvironment environment) throws Exception {
                  StringBuilder seen = new StringBuilder();
                  for (String name : new String[] {
                      "dev.flotilla.coprocessor.CoprocessorHost",
                      "dev.flotilla.raftstore.Refusal",
                      "org.rocksdb.RocksDB",
                      "com.google.protobuf.ByteString",
                      "org.slf4j.Logger",
                      "dev.flotilla.coprocessor.api.Bytes"}) {
                    try {
                      Class.forName(name);
                      seen.append(name).append(' ');
                    } catch (ClassNotFoundException e) {
                      // As it should be.
                    }
                  }
                  if (getClass().getClassLoader().getResource("dev/flotilla/raftstore/Refusal.class") != null) {
                    seen.append("resource");
                  }
                  throw new IllegalStateException("sees " + seen);
                }
                """));

    try (CoprocessorManager manager = start()) {
      assertThat(manager).isNotNull();
      assertThat(status("nosy").reason())
          .endsWith("sees org.slf4j.Logger dev.flotilla.coprocessor.api.Bytes ");
    }
  }

  @Test
  void aPluginThatBreaksWhileItStartsIsLeftOut() throws IOException {
    build(
        "a.jar",
        Recipe.of("ctor", "1.0.0")
            .extension(
                "Ctor",
                QUERY_OBSERVER,
                "public Ctor() { throw new IllegalStateException(\"no\"); }"));
    build(
        "b.jar",
        Recipe.of("static", "1.0.0")
            .extension("Static", QUERY_OBSERVER, "static final int X = Integer.parseInt(\"x\");"));
    build("c.jar", Recipe.of("no-index", "1.0.0"));
    build("d.jar", Recipe.of("no-class", "1.0.0").index("plugin.Missing"));
    build(
        "e.jar",
        Recipe.of("no-observer", "1.0.0")
            .extension("Plain", "@@ implements Runnable", "public void run() {}"));
    build("f.jar", suffix("suffix"));

    try (CoprocessorManager manager = start()) {
      assertThat(manager).isNotNull();
      assertThat(status("ctor").reason()).contains("constructor of plugin.Ctor", "no");
      assertThat(status("static").state()).isEqualTo(State.FAILED);
      assertThat(status("static").reason()).contains("did not start", "For input string: \"x\"");
      assertThat(status("no-index").reason()).contains("extensions.idx");
      assertThat(status("no-class").reason()).contains("plugin.Missing");
      assertThat(status("no-observer").reason()).contains("no Coprocessor");
      assertThat(proposed("k", "v")).isEqualTo("v!");
    }
  }

  @Test
  void whatWasStartedIsStoppedLastFirst() throws IOException {
    String body =
        """
        private java.nio.file.Path log;
        @Override public void start(CoprocessorEnvironment environment) throws Exception {
          log = environment.dataFolder().resolve("../log");
          write("start " + environment.pluginId());
          id = environment.pluginId();
          if (environment.config().flag("fail", false)) {
            throw new IllegalStateException("told to fail");
          }
        }
        private String id;
        @Override public void stop() throws Exception { write("stop " + id); }
        private void write(String line) throws java.io.IOException {
          java.nio.file.Files.writeString(log, line + "\\n",
              java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND);
        }
        """;
    for (String id : List.of("one", "two", "three")) {
      build(id + ".jar", Recipe.of(id, "1.0.0").extension("Logs", QUERY_OBSERVER, body));
    }
    Map<String, PluginOptions> options = Map.of("two", PluginOptions.of(Map.of("fail", "true")));

    CoprocessorManager.start(() -> settings(Set.of(), options), PluginJars.node(host)).close();

    assertThat(Files.readAllLines(temp.resolve("data/log")))
        .containsExactly("start one", "start three", "start two", "stop three", "stop one");
  }

  @Test
  void withoutARequiredPluginTheNodeDoesNotStart() throws IOException {
    build("a.jar", suffix("suffix"));
    build("b.jar", suffix("future").manifest("Plugin-Requires", ">=2.0.0"));

    assertThatThrownBy(
            () ->
                CoprocessorManager.start(
                    () -> settings(Set.of("suffix", "future", "absent"), Map.of()),
                    PluginJars.node(host)))
        .isInstanceOfSatisfying(
            RequiredPluginsFailed.class,
            failed -> {
              assertThat(failed.reasons()).containsOnlyKeys("future", "absent");
              assertThat(failed.reasons().get("absent")).contains("no jar");
            });
    assertThat(proposed("k", "v")).isEqualTo("v");
  }

  @Test
  void whatRunsIsACopy() throws IOException {
    Path jar = build("a.jar", suffix("suffix"));
    try (CoprocessorManager manager = start()) {
      assertThat(manager).isNotNull();
      Files.writeString(jar, "overwritten while loaded");
      assertThat(proposed("k", "v")).isEqualTo("v!");
    }
  }

  @Test
  void aJarIsCheckedWithoutRunningIt() throws IOException {
    Path good =
        build(
            "a.jar",
            Recipe.of("good", "2.0.0")
                .extension(
                    "Good",
                    "@Observes(priority = 33, mandatory = true) @@ implements RoleObserver",
                    """
                    public Good() { throw new IllegalStateException("must not run"); }
                    @Override public void onAppliedCurrentTerm(ObserverContext context) {}
                    """)
                .extension("Idle", QUERY_OBSERVER, ""));

    CheckReport report = CoprocessorManager.checkJar(good);
    assertThat(report.isUsable()).as("%s", report).isTrue();
    assertThat(report.id()).isEqualTo("good");
    assertThat(report.requires()).isEqualTo("^1.0.0");
    assertThat(report.observers())
        .containsExactly(
            new CheckReport.Observer("plugin.Good", 33, true, List.of("onAppliedCurrentTerm")),
            new CheckReport.Observer("plugin.Idle", 500, false, List.of()));
    assertThat(report.notes()).singleElement().asString().contains("plugin.Idle");

    Path bad = build("b.jar", suffix("flotilla.mine"));
    assertThat(CoprocessorManager.checkJar(bad).problems())
        .singleElement()
        .asString()
        .contains("reserved");
    Path junk = Files.writeString(folder.resolve("c.jar"), "junk");
    assertThat(CoprocessorManager.checkJar(junk).isUsable()).isFalse();
    assertThat(CoprocessorManager.checkJar(folder.resolve("none.jar")).isUsable()).isFalse();
  }

  /** What marks a class is only read when it is asked for. */
  @ParameterizedTest
  @ValueSource(strings = {"GARBLED", "RENAMED"})
  void aClassWhoseMarksAreDamagedIsNotUsed(String damage) throws IOException {
    Path jar =
        build(
            "a.jar",
            Recipe.of("marked", "1.0.0")
                .extension(
                    "Marked", "@Observes(onError = OnError.FAIL_OPEN) " + QUERY_OBSERVER, ""));
    build("b.jar", suffix("suffix"));
    try (FileSystem inside = FileSystems.newFileSystem(jar)) {
      Path type = inside.getPath("plugin/Marked.class");
      String whole = Files.readString(type, StandardCharsets.ISO_8859_1);
      // An attribute of one annotation with one value, which says of what type that is.
      String damaged =
          damage.equals("GARBLED")
              ? whole.replaceFirst("(?s)(\\x00\\x0d\\x00\\x01..\\x00\\x01..)e", "$1?")
              : whole.replace("FAIL_OPEN", "FAIL_EVER");
      assertThat(damaged).isNotEqualTo(whole);
      Files.writeString(type, damaged, StandardCharsets.ISO_8859_1);
    }

    CheckReport report = CoprocessorManager.checkJar(jar);
    assertThat(report.problems())
        .singleElement()
        .asString()
        .startsWith("what marks class plugin.Marked cannot be read: ");
    assertThat(report.id()).isEqualTo("marked");
    try (CoprocessorManager manager = start()) {
      assertThat(manager).isNotNull();
      assertThat(status("marked").state()).isEqualTo(State.FAILED);
      assertThat(proposed("k", "v")).isEqualTo("v!");
    }
  }
}
