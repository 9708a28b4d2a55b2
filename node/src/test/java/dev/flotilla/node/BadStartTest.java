package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts that must fail tell why in one line, and end with the status for the operator. */
class BadStartTest {
  @TempDir private Path folder;

  private void assertRefused(String expected, String... options) throws Exception {
    try (NodeUnderTest node = NodeUnderTest.start(folder.resolve("data"), options)) {
      assertRefused(node, expected);
    }
  }

  private static void assertRefused(NodeUnderTest node, String expected) throws Exception {
    assertEnds(node, 2, expected);
  }

  private static void assertEnds(NodeUnderTest node, int status, String expected) throws Exception {
    assertThat(node.exitStatus()).as(() -> node.output().toString()).isEqualTo(status);
    assertThat(node.output().stream().filter(line -> line.startsWith("flotilla: ")))
        .singleElement()
        .asString()
        .contains(expected);
    assertThat(node.output()).noneMatch(line -> line.startsWith("\tat "));
  }

  @Test
  void portTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String addr = "127.0.0.1:" + taken.getLocalPort();
      assertRefused("cannot listen on " + addr, "--addr", addr);
    }
  }

  /** Vert.x would log the same with a stack trace first. */
  @Test
  void portForOtherNodesTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String addr = "127.0.0.1:" + taken.getLocalPort();
      try (NodeUnderTest node =
          NodeUnderTest.start(folder.resolve("data"), "--cluster-addr", addr)) {
        assertRefused(node, "cannot listen on " + addr);
        assertThat(node.output()).noneMatch(line -> line.contains("ERROR"));
      }
    }
  }

  @Test
  void folderInUseAndFolderOfAnotherCluster() throws Exception {
    Path data = folder.resolve("data");
    try (NodeUnderTest first = NodeUnderTest.start(data, "--set", "node.cluster-id=7")) {
      first.address();
      assertRefused("is in use");
      first.terminate();
      assertThat(first.exitStatus()).isZero();
    }
    assertRefused("belongs to cluster 7", "--set", "node.cluster-id=8");
  }

  @Test
  void damagedLogIsAFault() throws Exception {
    Path data = folder.resolve("data");
    try (NodeUnderTest node = NodeUnderTest.start(data)) {
      try (TestClient client = TestClient.connect(node.address())) {
        for (int i = 0; i < 20; i++) {
          client.raw().put(TestClient.bytes("key-" + i), TestClient.bytes("value"));
        }
      }
      node.kill();
      node.exitStatus();
    }
    damageMiddle(longestLog(data.resolve("raft")));
    try (NodeUnderTest node = NodeUnderTest.start(data)) {
      assertEnds(node, 1, "is damaged");
    }
  }

  private static Path longestLog(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".log"))
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow();
    }
  }

  private static void damageMiddle(Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    content[content.length / 2] ^= 0x40;
    Files.write(file, content);
  }

  @Test
  void fileInPlaceOfTheFolder() throws Exception {
    Files.writeString(folder.resolve("data"), "not a folder");
    assertRefused("cannot write to folder");
  }

  @Test
  void unknownKey() throws Exception {
    Path file = Files.writeString(folder.resolve("bad.toml"), "[server]\nport = 1\n");
    assertRefused(file + ":2: unknown setting server.port", "--config", file.toString());
  }

  /** More than any machine allows. */
  @Test
  void tooFewOpenFilesAreWarnedOf() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        NodeUnderTest node =
            NodeUnderTest.start(
                folder.resolve("data"),
                "--set",
                "storage.open-files-max=10000000",
                "--addr",
                "127.0.0.1:" + taken.getLocalPort())) {
      assertThat(node.exitStatus()).isEqualTo(2);
      assertThat(node.output().stream().filter(line -> line.contains("warning:")))
          .singleElement()
          .asString()
          .contains("open files", "20001024", "storage.open-files-max", "ulimit -n");
    }
  }

  @Test
  void certificateMissing() throws Exception {
    Path missing = folder.resolve("missing.pem");
    assertRefused(
        "cannot read " + missing + " (security.ca-path): ",
        "--set",
        "security.ca-path=" + missing,
        "--set",
        "security.cert-path=" + missing,
        "--set",
        "security.key-path=" + missing);
  }

  @Test
  void joinsWhatIsNoAddress() throws Exception {
    assertRefused("cluster.join: 'nowhere' is not HOST:PORT", "--join", "nowhere");
  }

  @Test
  void onePortForTwo() throws Exception {
    assertRefused(
        "status.addr: 127.0.0.1:20159 has the port of server.addr",
        "--addr",
        "127.0.0.1:20159",
        "--status-addr",
        "127.0.0.1:20159");
  }

  /** Whoever names one relies on what is in it. */
  @Test
  void folderOfPluginsMissing() throws Exception {
    Path missing = folder.resolve("missing");
    assertRefused(
        "there is no folder of plugins at " + missing, "--plugins-dir", missing.toString());
  }

  @Test
  void unknownOption() throws Exception {
    assertRefused("Unknown option: '--prot'", "--prot");
  }

  @Test
  void noCommand() throws Exception {
    try (NodeUnderTest node = NodeUnderTest.run(List.of())) {
      assertRefused(node, "which command?");
    }
  }
}
