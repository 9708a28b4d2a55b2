package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code flotilla dev} when nodes end and when it is told to stop. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class DevTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private NodeUnderTest dev;
  private List<ProcessHandle> all = List.of();

  @BeforeEach
  void start() throws IOException {
    dev =
        NodeUnderTest.run(
            List.of(
                "dev",
                "--stores",
                "2",
                "--data-dir",
                folder.toString(),
                "--base-port",
                Integer.toString(freeBlock())));
    awaitLine("[1] data in");
    awaitLine("[2] data in");
    all = nodes();
  }

  @AfterEach
  void end() {
    all.forEach(ProcessHandle::destroyForcibly);
    dev.close();
  }

  /** The first of the ports that two nodes take. */
  private static int freeBlock() throws IOException {
    while (true) {
      int base;
      try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        base = any.getLocalPort();
      }
      if (base < 65_000
          && IntStream.of(0, 1, 2, 10, 11, 12).allMatch(offset -> isFree(base + offset))) {
        return base;
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket bound = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return bound.isBound();
    } catch (IOException taken) {
      return false;
    }
  }

  private List<ProcessHandle> nodes() {
    Optional<ProcessHandle> parent = ProcessHandle.of(dev.pid());
    return parent.stream().flatMap(ProcessHandle::children).toList();
  }

  private void awaitLine(String start) {
    await()
        .atMost(PATIENCE)
        .until(() -> dev.output().stream().anyMatch(line -> line.startsWith(start)));
  }

  @Test
  void theOthersGoOnWhenANodeEnds() throws Exception {
    all.get(0).destroyForcibly();
    awaitLine("node ");
    assertThat(all.get(1).isAlive()).isTrue();
    all.get(1).destroyForcibly();
    assertThat(dev.exitStatus()).isEqualTo(137);
    List<String> ends = dev.output().stream().filter(line -> line.startsWith("node ")).toList();
    assertThat(ends).hasSize(2);
    assertThat(ends.get(0)).matches("node [12] ended with exit code 137; the others go on");
    assertThat(ends.get(1)).matches("node [12] ended with exit code 137");
  }

  @Test
  void aSignalStopsAllAndIsNoFailure() throws Exception {
    assertThat(all).hasSize(2);
    dev.terminate();
    assertThat(dev.exitStatus()).isZero();
    assertThat(all).noneMatch(ProcessHandle::isAlive);
    assertThat(dev.output()).noneMatch(line -> line.startsWith("node "));
  }

  /** Or they would hold their ports and folders against the next one. */
  @Test
  void theNodesStopWhenTheirParentIsKilled() {
    assertThat(all).hasSize(2);
    dev.kill();
    await().atMost(PATIENCE).until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
  }
}
