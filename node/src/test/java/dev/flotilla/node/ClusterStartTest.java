package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.config.HostPort;
import dev.flotilla.security.StoreNames;
import dev.flotilla.verticle.cluster.Members;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetClient;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a port for the event bus is looked for, and nodes are found by their names. */
class ClusterStartTest {
  private final InetAddress here = InetAddress.getLoopbackAddress();

  @Test
  void aPortThatIsTakenIsRefusedInWords() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, here)) {
      HostPort addr = new HostPort("127.0.0.1", taken.getLocalPort());
      assertThat(ClusterStart.freePort(addr).cause())
          .isInstanceOf(StartRefused.class)
          .hasMessageContaining("cannot listen on " + addr + ", is it taken?");
    }
  }

  /** As one whose machine was given another address is found by its name. */
  @Test
  void namesOfHostsAreLookedUpAnew(@TempDir Path folder) throws Exception {
    Path hosts = folder.resolve("hosts");
    Files.writeString(hosts, "127.0.0.9 moving\n");
    VertxOptions options = ClusterStart.options(1);
    options.getAddressResolverOptions().setHostsPath(hosts.toString());
    Vertx vertx = Vertx.builder().with(options).build();
    try (ServerSocket node = new ServerSocket(0, 50, here)) {
      NetClient client = vertx.createNetClient();
      int port = node.getLocalPort();
      assertThatThrownBy(() -> client.connect(port, "moving").await(10, TimeUnit.SECONDS))
          .isInstanceOf(ConnectException.class);
      Files.writeString(hosts, "127.0.0.1 moving\n");
      Awaitility.await()
          .ignoreExceptionsInstanceOf(ConnectException.class)
          .until(() -> client.connect(port, "moving").await(10, TimeUnit.SECONDS) != null);
    } finally {
      vertx.close().await(20, TimeUnit.SECONDS);
    }
  }

  /** People give to {@code --join} what they have at hand. */
  @Test
  void nodeThatCallsItselfByANameIsKnownByItsAddressesToo() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Members members = new Members(new HostPort("localhost", 20_170), List.of(), List.of());
      HostPort listen = new HostPort("10.0.0.9", 20_170);
      assertThat(new ClusterStart(vertx, listen, members, new StoreNames(false)).names())
          .contains(members.self(), listen, new HostPort("127.0.0.1", 20_170));
    } finally {
      vertx.close().await(20, TimeUnit.SECONDS);
    }
  }

  /** Not one that a caller may be given for its own end. */
  private static HostPort freePort() {
    for (int port = 20_000; port < 32_000; port++) {
      HostPort addr = new HostPort("127.0.0.1", port);
      if (ClusterStart.freePort(addr).succeeded()) {
        return addr;
      }
    }
    throw new AssertionError("no port is free");
  }

  /** Other nodes try to connect all the time, and would take it for the bus. */
  @Test
  void nobodyIsConnectedToAPortThatIsOnlyLookedAt() throws Exception {
    HostPort addr = freePort();
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Integer> connected =
        CompletableFuture.supplyAsync(
            () -> {
              int count = 0;
              while (!over.get()) {
                try (Socket caller = new Socket()) {
                  caller.connect(new InetSocketAddress(here, addr.port()));
                  count++;
                } catch (IOException refused) {
                  // As is right.
                }
              }
              return count;
            });
    for (int i = 0; i < 2_000; i++) {
      assertThat(ClusterStart.freePort(addr).succeeded()).isTrue();
    }
    over.set(true);
    assertThat(connected.get()).isZero();
  }
}
