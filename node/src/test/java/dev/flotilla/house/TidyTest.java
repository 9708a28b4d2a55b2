package dev.flotilla.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The house rules that a compiler does not know. */
class TidyTest {
  private static final Path ROOT = Path.of("..");
  private static final int LINES_MAX = 400;
  private static final int FIELDS_MAX = 16;

  /** Files allowed to be longer, each with its reason; the list should only shrink. */
  private static final Map<String, String> LONG_FILES =
      Map.of(
          "raft/Raft.java", "one switch over roles and messages reads better whole",
          "server/PdService.java", "one short entry for each method of PD",
          "raftstore/peer/Peer.java", "what befalls a replica, in one place and in order",
          "raft/RawNode.java", "one facade with a line of Javadoc for each call",
          "raft/RaftConfig.java", "a builder has each setting four times");

  /** Classes that may have more fields, each with its reason. */
  private static final Map<String, String> WIDE_CLASSES =
      Map.of(
          "raft/Raft.java", "the state of the algorithm, named as in the paper",
          "raft/RaftConfig.java", "one field a setting",
          "raft/Message.java", "the fields of the wire");

  /** Prefix of an import, and the packages that may have it. */
  private static final Map<String, Set<String>> IMPORT_ONLY_IN =
      Map.of(
          "io.vertx.",
              Set.of("verticle", "server", "security", "node", "client", "bench", "connection"),
          "org.rocksdb.", Set.of("engine/rocks", "bench"),
          "org.pf4j.", Set.of("coprocessor/pf4j", "coprocessor/api"));

  private static final Pattern FIELD =
      Pattern.compile(
          "^  (?! )(private |protected |public )?(final |volatile )*[\\w.<>,? \\[\\]@]+ \\w+( =.*)?;$");
  private static final Pattern BAD_NAME =
      Pattern.compile(".*(Util|Utils|Helper|Impl|Base|Manager)\\.java");
  private static final Set<String> MANAGERS = Set.of("CoprocessorManager.java", "SnapManager.java");

  /** Command-line tools print; everything else logs. */
  private static final Set<String> PRINTING_IN =
      Set.of("node/", "bench/", "plugins/auditlog/AuditCheck.java");

  private static List<Path> sources() throws IOException {
    List<Path> found = new ArrayList<>();
    for (String module : List.of("coprocessor-api", "node", "plugins")) {
      try (Stream<Path> walk = Files.walk(ROOT.resolve(module))) {
        walk.filter(path -> path.toString().endsWith(".java"))
            .filter(path -> path.toString().contains("/src/main/java/"))
            .forEach(found::add);
      }
    }
    assertThat(found).hasSizeGreaterThan(100);
    return found;
  }

  private static String nameOf(Path file) {
    String path = file.toString();
    return path.substring(path.indexOf("dev/flotilla/") + "dev/flotilla/".length());
  }

  @Test
  void filesAreShort() throws IOException {
    List<String> violations = new ArrayList<>();
    for (Path file : sources()) {
      int lines = Files.readAllLines(file).size();
      if (lines > LINES_MAX && !LONG_FILES.containsKey(nameOf(file))) {
        violations.add(nameOf(file) + ": " + lines + " lines, at most " + LINES_MAX);
      }
    }
    assertThat(violations).isEmpty();
  }

  @Test
  void classesHaveFewFields() throws IOException {
    List<String> violations = new ArrayList<>();
    for (Path file : sources()) {
      long fields =
          Files.readAllLines(file).stream()
              .filter(line -> FIELD.matcher(line).matches())
              .filter(line -> !line.contains(" static ") && !line.contains("return "))
              .count();
      if (fields > FIELDS_MAX && !WIDE_CLASSES.containsKey(nameOf(file))) {
        violations.add(nameOf(file) + ": " + fields + " fields, at most " + FIELDS_MAX);
      }
    }
    assertThat(violations).isEmpty();
  }

  @Test
  void importsStayWhereTheyBelong() throws IOException {
    List<String> violations = new ArrayList<>();
    for (Path file : sources()) {
      String name = nameOf(file);
      String folder = name.contains("/") ? name.substring(0, name.lastIndexOf('/')) : "";
      for (String line : Files.readAllLines(file)) {
        IMPORT_ONLY_IN.forEach(
            (prefix, allowed) -> {
              if (line.startsWith("import " + prefix)
                  && allowed.stream().noneMatch(folder::startsWith)
                  && !file.toString().contains("/plugins/")) {
                violations.add(name + ": may not import " + prefix);
              }
            });
      }
    }
    assertThat(violations).isEmpty();
  }

  @Test
  void namesSayWhatAClassHolds() throws IOException {
    List<String> violations = new ArrayList<>();
    for (Path file : sources()) {
      String simple = file.getFileName().toString();
      if (BAD_NAME.matcher(simple).matches() && !MANAGERS.contains(simple)) {
        violations.add(nameOf(file));
      }
    }
    assertThat(violations).isEmpty();
  }

  @Test
  void nothingIsLeftForLater() throws IOException {
    List<String> violations = new ArrayList<>();
    for (Path file : sources()) {
      for (String line : Files.readAllLines(file)) {
        boolean prints = line.contains("System.out") || line.contains("System.err");
        boolean tool = PRINTING_IN.stream().anyMatch(nameOf(file)::startsWith);
        if (line.contains("TODO") || line.contains("FIXME") || (prints && !tool)) {
          violations.add(nameOf(file) + ": " + line.strip());
        }
      }
    }
    assertThat(violations).isEmpty();
  }
}
