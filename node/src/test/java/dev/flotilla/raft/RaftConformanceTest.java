package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.raft.DataDriven.Directive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Replays the data-driven files below a folder and compares verbatim.
 *
 * <p>{@code -Draft.testdata=DIR} names another folder; in it the files of {@code testdata}, {@code
 * quorum/testdata} and {@code confchange/testdata} are run, and those of the folders {@code own}
 * beside them for ours. {@code -Drewrite=true} replaces what our own files expect by what comes
 * out.
 */
class RaftConformanceTest {
  private static final Path RESOURCES = Path.of("src/test/resources/raft-conformance");
  private static final String OWN = "own";

  private static Path root() {
    String named = System.getProperty("raft.testdata", "");
    Path root = named.isEmpty() ? RESOURCES : Path.of(named);
    // Tests run inside the module; a relative name may be meant from the project's root.
    root = Files.isDirectory(root) ? root : Path.of("..").resolve(root);
    // Else nothing would be run, and nothing would fail.
    assertThat(root).isDirectory();
    return root;
  }

  @TestFactory
  Stream<DynamicTest> interaction() {
    return files("testdata", () -> new InteractionEnv()::handle);
  }

  @TestFactory
  Stream<DynamicTest> quorum() {
    return files("quorum/testdata", () -> new QuorumCommands()::handle);
  }

  @TestFactory
  Stream<DynamicTest> confChange() {
    return files("confchange/testdata", () -> new ConfChangeCommands()::handle);
  }

  @TestFactory
  Stream<DynamicTest> own() {
    return Stream.of(
            files(OWN, () -> new InteractionEnv()::handle),
            files("quorum/" + OWN, () -> new QuorumCommands()::handle),
            files("confchange/" + OWN, () -> new ConfChangeCommands()::handle))
        .flatMap(each -> each);
  }

  private static Stream<DynamicTest> files(
      String folder, Supplier<Function<Directive, String>> environment) {
    Path path = root().resolve(folder);
    if (!Files.isDirectory(path)) {
      return Stream.empty();
    }
    boolean rewrite = Boolean.getBoolean("rewrite") && folder.endsWith(OWN);
    try (Stream<Path> listed = Files.list(path)) {
      return listed
          .filter(Files::isRegularFile)
          .sorted()
          .map(
              file ->
                  DynamicTest.dynamicTest(
                      folder + "/" + file.getFileName(),
                      () -> run(file, environment.get(), rewrite)))
          .toList()
          .stream();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private static void run(Path file, Function<Directive, String> handler, boolean rewrite)
      throws IOException {
    List<String> rewritten = new ArrayList<>();
    for (Directive directive : DataDriven.parse(Files.readString(file))) {
      String actual = handler.apply(directive);
      if (!actual.isEmpty() && !actual.endsWith("\n")) {
        actual += "\n";
      }
      rewritten.addAll(directive.source());
      boolean blank = actual.lines().anyMatch(String::isBlank);
      rewritten.addAll(blank ? List.of("----") : List.of());
      actual.lines().forEach(rewritten::add);
      rewritten.addAll(blank ? List.of("----", "----") : List.of());
      if (!rewrite) {
        assertThat(actual)
            .as("%s:%d: %s", file.getFileName(), directive.line(), directive.command())
            .isEqualTo(directive.expected());
      }
    }
    if (rewrite) {
      Files.writeString(file, String.join("\n", rewritten) + "\n");
    }
  }
}
