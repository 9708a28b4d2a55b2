package dev.flotilla.verticle.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.config.HostPort;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Event buses that find each other by what {@link Members} say, over real sockets. */
class MemberRegistryTest {
  private static final DeliveryOptions SOON = new DeliveryOptions().setSendTimeout(10_000);

  private final List<Vertx> opened = new ArrayList<>();

  private record Node(Members members, Vertx vertx) {
    Future<String> ask(String address) {
      return vertx.eventBus().<String>request(address, "", SOON).map(answer -> answer.body());
    }

    void serve(long storeId, String answer) throws Exception {
      vertx
          .eventBus()
          .<String>consumer(Addresses.raft(storeId), message -> message.reply(answer))
          .completion()
          .await(10, TimeUnit.SECONDS);
    }
  }

  @AfterEach
  void close() throws Exception {
    for (Vertx vertx : opened) {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  private Node open() throws Exception {
    HostPort address = freeAddress();
    Members members = new Members(address, Set.of(), List.of());
    VertxOptions small = new VertxOptions().setEventLoopPoolSize(1);
    Vertx vertx =
        ClusterVertx.start(address, members, small, Optional.empty()).await(10, TimeUnit.SECONDS);
    opened.add(vertx);
    return new Node(members, vertx);
  }

  private static HostPort freeAddress() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new HostPort("127.0.0.1", socket.getLocalPort());
    }
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.await(20, TimeUnit.SECONDS);
  }

  @Test
  void storeIsFoundWhereItSaysItIsAndWhereItMovesTo() throws Exception {
    Node asking = open();
    Node first = open();
    Node second = open();
    first.serve(7, "first");
    second.serve(7, "second");

    Throwable unknown =
        asking
            .ask(Addresses.raft(7))
            .map(Throwable.class::cast)
            .otherwise(e -> e)
            .await(10, TimeUnit.SECONDS);
    assertThat(unknown)
        .isInstanceOfSatisfying(
            ReplyException.class,
            failure -> assertThat(failure.failureType()).isEqualTo(ReplyFailure.NO_HANDLERS));

    asking.members().learn(new Members.Member(7, first.members().self(), 1));
    assertThat(get(asking.ask(Addresses.raft(7)))).isEqualTo("first");
    asking.members().learn(new Members.Member(7, second.members().self(), 2));
    assertThat(get(asking.ask(Addresses.raft(7)))).isEqualTo("second");
  }

  @Test
  void connectionThatBringsNothingIsClosed() throws Exception {
    HostPort address = freeAddress();
    opened.add(
        ClusterVertx.start(
                address,
                new Members(address, Set.of(), List.of()),
                new VertxOptions().setEventLoopPoolSize(1),
                Optional.empty(),
                1)
            .await(10, TimeUnit.SECONDS));
    try (Socket vanished = new Socket(address.host(), address.port())) {
      vanished.setSoTimeout(20_000);
      assertThat(vanished.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void nodeIsReachedByItsAddressAloneAndItsOwnAddressesStayWithIt() throws Exception {
    Node asking = open();
    Node other = open();
    String address = Addresses.node(other.members().self());
    other.vertx().eventBus().<String>consumer(address, message -> message.reply("here"));
    assertThat(get(asking.ask(address))).isEqualTo("here");

    asking.vertx().eventBus().<String>consumer("own", message -> message.reply("mine"));
    other.vertx().eventBus().<String>consumer("own", message -> message.reply("other's"));
    assertThat(get(asking.ask("own"))).isEqualTo("mine");
  }

  @Test
  void whatIsForAllReachesThoseThatCameLater() throws Exception {
    Node telling = open();
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    listen(telling, "self", heard);
    telling.vertx().eventBus().publish(Addresses.DRIVER, "one");
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("self one");

    Node other = open();
    listen(other, "other", heard);
    telling.members().learn(new Members.Member(7, other.members().self(), 1));
    telling.vertx().eventBus().publish(Addresses.DRIVER, "two");
    assertThat(List.of(take(heard), take(heard)))
        .containsExactlyInAnyOrder("self two", "other two");
  }

  private static void listen(Node node, String name, BlockingQueue<String> heard) throws Exception {
    node.vertx()
        .eventBus()
        .<String>consumer(Addresses.DRIVER, message -> heard.add(name + " " + message.body()))
        .completion()
        .await(10, TimeUnit.SECONDS);
  }

  private static String take(BlockingQueue<String> heard) throws InterruptedException {
    return String.valueOf(heard.poll(10, TimeUnit.SECONDS));
  }
}
