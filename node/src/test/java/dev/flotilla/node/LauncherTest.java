package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script of the distribution, in a folder like it with a jar that leads to our class path. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class LauncherTest {
  private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

  @TempDir private static Path shared;
  @TempDir private Path folder;
  private Path home;
  private Path script;

  /** Holds what is in folders, as Java archives no classes of folders, and names the other jars. */
  @BeforeAll
  static void packClassPath() throws IOException {
    List<Path> entries =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .map(Path::of)
            .toList();
    String jars =
        entries.stream()
            .filter(Files::isRegularFile)
            .map(jar -> jar.toUri().toString())
            .collect(Collectors.joining(" "));
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, jars);
    try (OutputStream file = Files.newOutputStream(shared.resolve("all.jar"));
        JarOutputStream jar = new JarOutputStream(file, manifest)) {
      Set<String> packed = new HashSet<>();
      for (Path directory : entries.stream().filter(Files::isDirectory).toList()) {
        pack(directory, jar, packed);
      }
    }
  }

  private static void pack(Path directory, JarOutputStream jar, Set<String> packed)
      throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = directory.relativize(file).toString();
        if (packed.add(name)) {
          jar.putNextEntry(new JarEntry(name));
          Files.copy(file, jar);
        }
      }
    }
  }

  @BeforeEach
  void install() throws IOException {
    home = Files.createDirectory(folder.resolve("a home"));
    Path bin = Files.createDirectory(home.resolve("bin"));
    script = bin.resolve("flotilla");
    Files.copy(Path.of("src", "assembly", "bin", "flotilla"), script);
    assertThat(script.toFile().setExecutable(true)).isTrue();
    Path conf = Files.createDirectory(home.resolve("conf"));
    for (String name : new String[] {"jvm.options", "logback.xml", "node.toml"}) {
      Files.copy(Path.of("..", "conf", name), conf.resolve(name));
    }
    Path lib = Files.createDirectory(home.resolve("lib"));
    Files.createLink(lib.resolve("all.jar"), shared.resolve("all.jar"));
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
    assertThat(run(script, 2, "start")).contains("node.toml:2: unknown setting server.port");
  }

  /** With a space in the path, so that quoting is tested as well. */
  @Test
  void findsNativeLibrariesInItsInstallation() throws Exception {
    Path library = Files.createDirectories(home.resolve("lib").resolve("native"));
    assertThat(runWith("-XshowSettings:properties", script, 0, "--version"))
        .contains("java.library.path = " + library.toRealPath());
  }

  /**
   * With settings that no node could start with: it is not about them. Java 17 archives no class of
   * a jar whose path has a blank.
   */
  @Test
  void startsFromArchivedClassesUntilTheJarsChange() throws Exception {
    Files.writeString(home.resolve("conf").resolve("node.toml"), "[server]\nport = 1\n");
    home = Files.move(home, folder.resolve("home"));
    script = home.resolve("bin").resolve("flotilla");

    assertThat(run(script, 0, "archive-classes")).contains(".jsa, ").contains("next start");
    // A second time it is written anew.
    run(script, 0, "archive-classes");
    try (Stream<Path> lib = Files.list(home.resolve("lib"))) {
      assertThat(lib.map(file -> file.getFileName().toString()))
          .hasSize(2)
          .contains("all.jar")
          .anyMatch(name -> name.matches("classes-[0-9].*[.]jsa"));
    }
    assertThat(runWith("-Xlog:class+load", script, 0, "--version"))
        .contains("dev.flotilla.node.Main source: shared objects file (top)");
    assertThat(run(script, 0, "--version")).isEqualTo("flotilla development\n");

    Files.setLastModifiedTime(home.resolve("lib").resolve("all.jar"), FileTime.fromMillis(0));
    // Java says so, but not between lines that a program may read.
    assertThat(run(script, 0, "--version")).contains("[warning][cds", "flotilla development");
    assertThat(run(Path.of("bash"), 0, "-c", script + " --version 2>/dev/null"))
        .isEqualTo("flotilla development\n");
  }

  @Test
  void saysWhyNoClassesWereArchived() throws Exception {
    assertThat(runWith("-Xshare:off", script, 1, "archive-classes"))
        .contains("no classes were archived", "CDS");
    assertThat(home.resolve("lib").toFile().list()).containsExactly("all.jar");
  }

  @Test
  void usesLargePagesForNodesWhereLinuxOffersThem() throws Exception {
    boolean offered =
        Files.isReadable(HUGE_PAGES) && !Files.readString(HUGE_PAGES).contains("[never]");
    assertThat(largePages("start", "--help")).isEqualTo(offered);
    assertThat(largePages("dev", "--help")).isEqualTo(offered);
    assertThat(largePages("--version")).isFalse();
    Path options = home.resolve("conf").resolve("jvm.options");
    Files.writeString(options, "\n-XX:-UseTransparentHugePages\n", StandardOpenOption.APPEND);
    assertThat(largePages("start", "--help")).isFalse();
  }

  private boolean largePages(String... arguments) throws Exception {
    return Pattern.compile("bool UseTransparentHugePages += true").matcher(flags(arguments)).find();
  }

  @Test
  void compilesEarlyWhatRunsForLong() throws Exception {
    Pattern early = Pattern.compile("double CompileThresholdScaling += 0[.]20*");
    Pattern simply = Pattern.compile("intx TieredStopAtLevel += 1 ");
    assertThat(flags("bench", "--help")).containsPattern(early).doesNotContainPattern(simply);
    assertThat(flags("ctl", "--help")).containsPattern(simply).doesNotContainPattern(early);
    Path options = home.resolve("conf").resolve("jvm.options");
    Files.writeString(options, "\n-XX:CompileThresholdScaling=1\n", StandardOpenOption.APPEND);
    assertThat(flags("start", "--help")).doesNotContainPattern(early);
  }

  /** What Java says of its options. */
  private String flags(String... arguments) throws Exception {
    return runWith("-XX:+PrintFlagsFinal", script, 0, arguments);
  }

  @Test
  void completesCommandsInBash() throws Exception {
    Files.writeString(folder.resolve("completion"), run(script, 0, "completion"));
    // What bash itself does at a tab; it complains of compopt, as there is no tab.
    String asked =
        ". completion; COMP_WORDS=(flotilla ctl sto); COMP_CWORD=2;"
            + " _complete_flotilla 2>/dev/null; echo ${COMPREPLY[@]}";
    assertThat(run(Path.of("bash"), 0, "-c", asked)).isEqualTo("store\n");
  }
}
