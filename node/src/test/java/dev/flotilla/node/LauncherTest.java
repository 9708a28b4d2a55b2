package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script of the distribution, in a folder like it whose only jar names our class path. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class LauncherTest {
  @TempDir private Path folder;
  private Path home;

  @BeforeEach
  void install() throws IOException {
    home = Files.createDirectory(folder.resolve("a home"));
    Path bin = Files.createDirectory(home.resolve("bin"));
    Files.copy(Path.of("src", "assembly", "bin", "flotilla"), bin.resolve("flotilla"));
    assertThat(bin.resolve("flotilla").toFile().setExecutable(true)).isTrue();
    Path conf = Files.createDirectory(home.resolve("conf"));
    for (String name : new String[] {"jvm.options", "logback.xml", "node.toml"}) {
      Files.copy(Path.of("..", "conf", name), conf.resolve(name));
    }
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .map(entry -> Path.of(entry).toUri().toString())
            .collect(Collectors.joining(" "));
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath);
    Path lib = Files.createDirectory(home.resolve("lib"));
    try (OutputStream out = Files.newOutputStream(lib.resolve("all.jar"))) {
      new JarOutputStream(out, manifest).close();
    }
  }

  private String run(Path program, int exit, String... options) throws Exception {
    return runWith("-Xmx64m -Xms16m", program, exit, options);
  }

  private String runWith(String javaOpts, Path program, int exit, String... options)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(options));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("JAVA_OPTS", javaOpts);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isEqualTo(exit);
    return output;
  }

  @Test
  void runsThroughLinksFromAnyFolder() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("a home", "bin"));
    Path second = Files.createSymbolicLink(folder.resolve("fl"), link.resolve("flotilla"));
    assertThat(run(second, 0, "--version")).isEqualTo("flotilla development\n");
  }

  @Test
  void readsTheSettingsOfItsInstallation() throws Exception {
    Files.writeString(home.resolve("conf").resolve("node.toml"), "[server]\nport = 1\n");
    assertThat(run(home.resolve("bin").resolve("flotilla"), 2, "start"))
        .contains("node.toml:2: unknown setting server.port");
  }

  /** With a space in the path, so that quoting is tested as well. */
  @Test
  void findsNativeLibrariesInItsInstallation() throws Exception {
    Path library = Files.createDirectories(home.resolve("lib").resolve("native"));
    Path script = home.resolve("bin").resolve("flotilla");
    assertThat(runWith("-XshowSettings:properties", script, 0, "--version"))
        .contains("java.library.path = " + library.toRealPath());
  }

  @Test
  void completesCommandsInBash() throws Exception {
    Path script = folder.resolve("completion");
    Files.writeString(script, run(home.resolve("bin").resolve("flotilla"), 0, "completion"));
    // What bash itself does at a tab; it complains of compopt, as there is no tab.
    String asked =
        ". completion; COMP_WORDS=(flotilla ctl sto); COMP_CWORD=2;"
            + " _complete_flotilla 2>/dev/null; echo ${COMPREPLY[@]}";
    assertThat(run(Path.of("bash"), 0, "-c", asked)).isEqualTo("store\n");
  }
}
