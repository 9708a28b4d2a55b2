package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.config.HostPort;
import dev.flotilla.security.StoreNames;
import dev.flotilla.verticle.cluster.Members;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** How a port for the event bus is looked for. */
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
  void namesOfHostsAreLookedUpAnew() {
    assertThat(ClusterStart.options(1).getAddressResolverOptions().getHostsRefreshPeriod())
        .isBetween(1_000, 30_000);
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
