package dev.flotilla.coprocessor.pf4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.CoprocessorStatus;
import dev.flotilla.coprocessor.CoprocessorStatus.State;
import dev.flotilla.coprocessor.pf4j.PluginJars.Recipe;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Plugins that go out of use, some to come back. */
class PluginLeaveTest {
  private static final Region REGION = Region.newBuilder().setId(2).build();

  private static final String WAITS =
      """
      @Override public void preProposeAdmin(ProposeContext context, AdminCommand command) {
        try {
          ((java.util.concurrent.Callable<?>) System.getProperties().get("plugin.hold")).call();
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      }
      """;

  private static final String TELLS =
      """
      private java.nio.file.Path log;
      @Override public void start(CoprocessorEnvironment environment) {
        log = environment.dataFolder().resolve("../log");
        write("start");
        environment.predecessorStopped().thenRun(() -> write("alone"));
      }
      @Override public void stop() { write("stop"); }
      private void write(String event) {
        try {
          java.nio.file.Files.writeString(log, event + "\\n",
              java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND);
        } catch (java.io.IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      }
      """;

  @TempDir private Path temp;
  private final CoprocessorHost host = CoprocessorHost.withBuiltIns();
  private final Map<String, PluginOptions> options = new ConcurrentHashMap<>();

  private Path jar(String id, String declaration, String body) throws IOException {
    return new PluginJars(temp.resolve("build"))
        .build(
            temp.resolve("plugins/" + id + ".jar"),
            Recipe.of(id, "1.0.0").extension("Observer", declaration, body));
  }

  private CoprocessorManager start() {
    return CoprocessorManager.start(
        () ->
            new PluginSettings(
                temp.resolve("plugins"),
                temp.resolve("work"),
                temp.resolve("data"),
                Set.of(),
                options),
        PluginJars.node(host));
  }

  private static void look(CoprocessorManager manager) {
    for (int i = 0; i < 3; i++) {
      manager.look(newcomers -> {});
    }
  }

  private List<String> used() {
    return host.status().stream()
        .filter(status -> status.state() == State.ACTIVE)
        .map(CoprocessorStatus::pluginId)
        .toList();
  }

  /** Both would write to the same files. */
  @Test
  @Timeout(60)
  void whatComesBackWaitsForTheInstanceBeforeIt() throws Exception {
    CountDownLatch called = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Callable<Boolean> hold =
        () -> {
          called.countDown();
          goOn.await();
          return true;
        };
    System.getProperties().put("plugin.hold", hold);
    jar("slow", "@@ implements AdminObserver", WAITS);
    Path jar = jar("tells", "@@ implements RoleObserver", TELLS);
    try (CoprocessorManager manager = start()) {
      CompletableFuture<AdminRequest> slow =
          CompletableFuture.supplyAsync(
              () ->
                  host.preProposeAdmin(
                      REGION,
                      6,
                      AdminRequest.newBuilder().setCmdType(AdminCmdType.CompactLog).build()));
      called.await();
      Path aside = Files.move(jar, temp.resolve("aside.jar"));
      look(manager);
      Files.move(aside, jar);
      look(manager);
      assertThat(log()).containsExactly("start", "alone", "start");
      goOn.countDown();
      slow.join();
      look(manager);
      assertThat(log()).containsExactly("start", "alone", "start", "stop", "alone");
    }
  }

  /** Else nothing but a restart would rid a node of it. */
  @Test
  void whatIsDisabledLeavesAlsoWhenItsJarCannotBeUsed() throws IOException {
    Path jar = jar("a", "@@ implements QueryObserver", "");
    try (CoprocessorManager manager = start()) {
      Files.writeString(jar, "half of a jar");
      look(manager);
      assertThat(used()).contains("a");
      options.put("a", new PluginOptions(false, null, null, Map.of(), Map.of()));
      Files.writeString(temp.resolve("plugins/a.toml"), "enabled = false");
      look(manager);
      assertThat(used()).doesNotContain("a");
    }
  }

  private List<String> log() throws IOException {
    return Files.readAllLines(temp.resolve("data/log"));
  }
}
