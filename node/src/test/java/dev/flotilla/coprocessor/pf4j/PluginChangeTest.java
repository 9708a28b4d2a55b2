package dev.flotilla.coprocessor.pf4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.CoprocessorStatus;
import dev.flotilla.coprocessor.CoprocessorStatus.State;
import dev.flotilla.coprocessor.pf4j.PluginJars.Recipe;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.PutRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.raftstore.Refusal;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jars and settings that change while plugins are in use. */
class PluginChangeTest {
  private static final Region REGION = Region.newBuilder().setId(2).build();

  /** Appends version and setting to what is put, and writes down when it starts and stops. */
  private static final String BODY =
      """
      private java.nio.file.Path log;
      private String mark = "";
      @Override public void start(CoprocessorEnvironment environment) throws Exception {
        log = environment.dataFolder().resolve("../log");
        mark = VERSION + environment.config().text("mark", "");
        if (environment.config().flag("fail", false)) {
          throw new IllegalStateException("told to fail");
        }
        write("start");
        environment.predecessorStopped().thenRun(() -> write("alone"));
      }
      @Override public void stop() { write("stop"); }
      @Override public void preProposeQuery(ProposeContext context, QueryBatch batch) {
        batch.setValue(0, batch.value(0).concat(Bytes.utf8(mark)));
      }
      private void write(String event) {
        try {
          java.nio.file.Files.writeString(log, event + " " + mark + "\\n",
              java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND);
        } catch (java.io.IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      }
      """;

  @TempDir private Path temp;
  private Path folder;
  private CoprocessorManager manager;
  private final CoprocessorHost host = CoprocessorHost.withBuiltIns();
  private final Map<String, PluginOptions> options = new ConcurrentHashMap<>();
  private final Set<String> required = new HashSet<>();

  /** How many at once were to be told who leads. */
  private final List<Integer> introduced = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    folder = Files.createDirectories(temp.resolve("plugins"));
    manager =
        CoprocessorManager.start(
            () -> {
              if (options.containsKey("wrong")) {
                throw new IllegalArgumentException("told to be wrong");
              }
              return new PluginSettings(
                  folder, temp.resolve("work"), temp.resolve("data"), required, options);
            },
            PluginJars.node(host));
  }

  @AfterEach
  void stop() {
    manager.close();
  }

  private static Recipe marking(String id, String version) {
    return marking(id, version, "@@ implements QueryObserver");
  }

  private static Recipe marking(String id, String version, String declaration) {
    String body = "private static final String VERSION = \"" + version + "\";\n" + BODY;
    return Recipe.of(id, version + ".0.0").extension("Marks", declaration, body);
  }

  /** Puts a jar into the folder at once, in place of one of that name. */
  private void plug(String file, Recipe recipe) throws IOException {
    Path built = new PluginJars(temp.resolve("build")).build(temp.resolve("built.jar"), recipe);
    Files.move(built, folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
  }

  /** What two looks at the folder make of it, and the next that finds it as it was. */
  private void look() {
    for (int i = 0; i < 3; i++) {
      lookOnce();
    }
  }

  private void lookOnce() {
    manager.look(newcomers -> introduced.add(newcomers.size()));
  }

  /** Settings are files of the folder, too. */
  private void set(String id, PluginOptions chosen) throws IOException {
    options.put(id, chosen);
    Files.writeString(folder.resolve(id + ".toml"), chosen.toString());
  }

  private String put() {
    RaftCmdRequest command =
        RaftCmdRequest.newBuilder()
            .addRequests(
                Request.newBuilder()
                    .setCmdType(CmdType.Put)
                    .setPut(PutRequest.newBuilder().setValue(ByteString.copyFromUtf8("v"))))
            .build();
    return host.preProposeQuery(REGION, 6, command)
        .getRequests(0)
        .getPut()
        .getValue()
        .toStringUtf8();
  }

  private List<String> log() throws IOException {
    return Files.readAllLines(temp.resolve("data/log"));
  }

  private List<CoprocessorStatus> statuses(String id) {
    return host.status().stream().filter(status -> status.pluginId().equals(id)).toList();
  }

  @Test
  void aJarThatIsPutInIsUsedOnceItChangesNoMore() throws IOException {
    plug("a.jar", marking("a", "1"));
    lookOnce();
    assertThat(put()).isEqualTo("v");
    plug("a.jar", marking("a", "2"));
    lookOnce();
    assertThat(put()).as("it has changed").isEqualTo("v");
    lookOnce();
    assertThat(put()).isEqualTo("v2");
    assertThat(log()).containsExactly("start 2", "alone 2");
  }

  @Test
  void aJarThatIsReplacedIsStartedBeforeTheOneItReplacesIsStopped() throws IOException {
    plug("a.jar", marking("a", "1"));
    look();
    plug("a.jar", marking("a", "2"));
    look();
    assertThat(put()).isEqualTo("v2");
    assertThat(log()).containsExactly("start 1", "alone 1", "start 2", "stop 1", "alone 2");
    assertThat(introduced).containsExactly(1, 1);
    assertThat(statuses("a"))
        .singleElement()
        .satisfies(status -> assertThat(status.version()).isEqualTo("2.0.0"));
    assertThat(temp.resolve("work"))
        .as("the copy of the first")
        .isDirectoryNotContaining("glob:**/0-*");
  }

  /** However often the jar has changed since the call began. */
  @Test
  @Timeout(60)
  void whatIsBeingCalledIsStoppedLater() throws Exception {
    CountDownLatch called = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    System.getProperties().put("plugin.called", (Runnable) called::countDown);
    System.getProperties()
        .put(
            "plugin.wait",
            (Callable<Boolean>)
                () -> {
                  goOn.await();
                  return true;
                });
    String body =
        """
        @Override public void preProposeAdmin(ProposeContext context, AdminCommand command) {
          try {
            ((Runnable) System.getProperties().get("plugin.called")).run();
            ((java.util.concurrent.Callable<?>) System.getProperties().get("plugin.wait")).call();
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        }
        """;
    plug("a.jar", marking("a", "1").extension("Slow", "@@ implements AdminObserver", body));
    look();
    CompletableFuture<AdminRequest> slow =
        CompletableFuture.supplyAsync(
            () ->
                host.preProposeAdmin(
                    REGION,
                    6,
                    AdminRequest.newBuilder().setCmdType(AdminCmdType.CompactLog).build()));
    called.await();
    plug("a.jar", marking("a", "2"));
    look();
    plug("a.jar", marking("a", "3"));
    look();
    assertThat(put()).isEqualTo("v3");
    assertThat(log()).doesNotContain("stop 1", "stop 2", "alone 3");
    goOn.countDown();
    slow.join();
    lookOnce();
    assertThat(log()).endsWith("start 3", "stop 1", "alone 2", "stop 2", "alone 3");
  }

  @Test
  void aJarThatIsTakenOutIsStopped() throws IOException {
    plug("a.jar", marking("a", "1"));
    plug("b.jar", marking("b", "2"));
    look();
    assertThat(put()).isEqualTo("v12");
    Files.delete(folder.resolve("a.jar"));
    look();
    assertThat(put()).isEqualTo("v2");
    assertThat(log()).endsWith("stop 1");
    assertThat(statuses("a")).isEmpty();
  }

  @Test
  void aFileThatIsNoJarDoesNotReplaceOne() throws IOException {
    plug("a.jar", marking("a", "1"));
    look();
    Files.writeString(folder.resolve("a.jar"), "half of a jar");
    look();
    assertThat(put()).isEqualTo("v1");
    assertThat(statuses("a.jar").get(0).reason()).contains("not a readable jar");
    plug("a.jar", marking("a", "2"));
    look();
    assertThat(put()).isEqualTo("v2");
    assertThat(statuses("a.jar")).isEmpty();
  }

  @Test
  void aVersionThatDoesNotStartDoesNotReplaceOne() throws IOException {
    plug("a.jar", marking("a", "1"));
    look();
    options.put("a", PluginOptions.of(Map.of("fail", "true")));
    plug("a.jar", marking("a", "2"));
    look();
    assertThat(put()).isEqualTo("v1");
    assertThat(log()).containsExactly("start 1", "alone 1");
    assertThat(statuses("a"))
        .extracting(CoprocessorStatus::version, CoprocessorStatus::state)
        .containsExactly(tuple("1.0.0", State.ACTIVE), tuple("2.0.0", State.FAILED));
  }

  @Test
  void aSecondJarOfAnIdTakesOverWhenTheFirstIsTakenOut() throws IOException {
    plug("a-1.jar", marking("a", "1"));
    look();
    plug("a-2.jar", marking("a", "2"));
    look();
    assertThat(put()).isEqualTo("v1");
    Files.delete(folder.resolve("a-1.jar"));
    look();
    assertThat(put()).isEqualTo("v2");
    assertThat(log()).containsExactly("start 1", "alone 1", "start 2", "stop 1", "alone 2");
  }

  @Test
  void settingsThatChangeAreThoseOfANewInstance() throws IOException {
    plug("a.jar", marking("a", "1"));
    plug("b.jar", marking("b", "2"));
    look();
    set("a", PluginOptions.of(Map.of("mark", "+")));
    look();
    assertThat(put()).isEqualTo("v1+2");
    assertThat(log())
        .as("the other one goes on")
        .containsExactly(
            "start 1", "alone 1", "start 2", "alone 2", "start 1+", "stop 1", "alone 1+");
    set("a", new PluginOptions(true, 900, null, Map.of(), Map.of()));
    look();
    assertThat(put()).isEqualTo("v21");
    set("a", new PluginOptions(false, null, null, Map.of(), Map.of()));
    look();
    assertThat(put()).isEqualTo("v2");
    assertThat(statuses("a").get(0).state()).isEqualTo(State.DISABLED);
  }

  @Test
  void settingsThatCannotBeReadChangeNothing() throws IOException {
    plug("a.jar", marking("a", "1"));
    look();
    set("wrong", PluginOptions.DEFAULTS);
    Files.delete(folder.resolve("a.jar"));
    look();
    assertThat(put()).isEqualTo("v1");
    options.remove("wrong");
    Files.delete(folder.resolve("wrong.toml"));
    look();
    assertThat(put()).isEqualTo("v");
  }

  /** What keeps them from being read may pass by itself. */
  @Test
  void settingsThatCannotBeReadAreReadAgain() throws IOException {
    plug("a.jar", marking("a", "1"));
    look();
    options.put("wrong", PluginOptions.DEFAULTS);
    plug("a.jar", marking("a", "2"));
    look();
    assertThat(put()).isEqualTo("v1");
    options.remove("wrong");
    lookOnce();
    assertThat(put()).isEqualTo("v2");
  }

  /** As when its disk fails for a while: nothing of the file changes. */
  @Test
  void aJarThatCannotBeReadIsReadAgain() throws IOException {
    plug("a.jar", marking("a", "1"));
    Path jar = folder.resolve("a.jar");
    FileTime changed = Files.getLastModifiedTime(jar);
    byte[] whole = Files.readAllBytes(jar);
    Files.write(jar, new byte[whole.length]);
    Files.setLastModifiedTime(jar, changed);
    look();
    assertThat(statuses("a.jar").get(0).reason()).contains("not a readable jar");
    Files.write(jar, whole);
    Files.setLastModifiedTime(jar, changed);
    lookOnce();
    assertThat(put()).isEqualTo("v1");
  }

  /** As when the disk of another machine does not answer. */
  @Test
  void aFolderThatCannotBeReadChangesNothing() throws IOException {
    plug("a.jar", marking("a", "1"));
    look();
    Path loop = Files.createSymbolicLink(folder.resolve("b.jar"), Path.of("b.jar"));
    look();
    plug("a.jar", marking("a", "2"));
    look();
    assertThat(put()).isEqualTo("v1");
    Files.delete(loop);
    look();
    assertThat(put()).isEqualTo("v2");
    Path away = Files.move(folder, temp.resolve("away"));
    look();
    assertThat(put()).as("while the folder is away").isEqualTo("v2");
    Files.createSymbolicLink(folder, folder);
    look();
    assertThat(put()).as("while it cannot be read").isEqualTo("v2");
    Files.delete(folder);
    Files.move(away, folder);
    Files.delete(folder.resolve("a.jar"));
    look();
    assertThat(put()).isEqualTo("v");
  }

  @Test
  void whatIsRequiredOrMandatoryStays() throws IOException {
    plug("a.jar", marking("a", "1"));
    plug("b.jar", marking("b", "2", "@Observes(mandatory = true) @@ implements QueryObserver"));
    required.add("a");
    look();
    Files.delete(folder.resolve("a.jar"));
    Files.delete(folder.resolve("b.jar"));
    look();
    assertThat(put()).isEqualTo("v12");
    plug("a.jar", marking("a", "3"));
    look();
    assertThat(put()).isEqualTo("v32");
  }

  /** What is said of it expressly goes before what it says of itself. */
  @Test
  void whatIsMandatoryCanBeDisabled() throws IOException {
    plug("a.jar", marking("a", "1", "@Observes(mandatory = true) @@ implements QueryObserver"));
    look();
    set("a", new PluginOptions(false, null, null, Map.of(), Map.of()));
    look();
    assertThat(put()).isEqualTo("v");
  }

  /** Else each version that was ever used would stay in memory. */
  @Test
  @Timeout(60)
  void theClassesOfWhatHasGoneCanBeCollected() throws IOException {
    String body =
        """
        @Override public void start(CoprocessorEnvironment environment) {
          System.getProperties().put("plugin.loader",
              new java.lang.ref.WeakReference<>(getClass().getClassLoader()));
        }
        @Override public void preProposeQuery(ProposeContext context, QueryBatch batch) {
          throw new IllegalStateException("told to fail");
        }
        """;
    plug("a.jar", Recipe.of("a", "1.0.0").extension("Fails", "@@ implements QueryObserver", body));
    look();
    WeakReference<?> loader =
        (WeakReference<?>) Objects.requireNonNull(System.getProperties().remove("plugin.loader"));
    try {
      put();
    } catch (Refusal.Rejected failing) {
      assertThat(failing.plugin).isEqualTo("a");
    }
    Files.delete(folder.resolve("a.jar"));
    look();
    while (loader.get() != null) {
      System.gc();
    }
  }
}
