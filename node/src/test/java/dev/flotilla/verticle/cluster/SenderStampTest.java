package dev.flotilla.verticle.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.config.ClusterConfig;
import dev.flotilla.config.HostPort;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.security.Credentials;
import dev.flotilla.security.Sender;
import dev.flotilla.security.StoreNames;
import dev.flotilla.security.TestAuthority;
import dev.flotilla.verticle.SystemClock;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted event buses, over real sockets: who has sent what. */
class SenderStampTest {
  private static final long CLUSTER = 11;
  private static final String WHO_AM_I = Addresses.placement(1);

  @TempDir private static Path folder;

  private final List<Impostor> others = new ArrayList<>();
  private final Queue<RaftMessage> stepped = new ConcurrentLinkedQueue<>();
  private TestAuthority authority;
  private HostPort address;
  private Vertx vertx;

  /** The node of store 1, on one thread, so that what comes over a connection stays in order. */
  @BeforeEach
  void open() throws Exception {
    authority = TestAuthority.in(folder);
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      address = new HostPort("127.0.0.1", socket.getLocalPort());
    }
    vertx =
        ClusterVertx.start(
                address,
                new Members(address, List.of(), List.of()),
                new VertxOptions().setEventLoopPoolSize(1),
                Optional.of(credentials("node-1")))
            .await(10, TimeUnit.SECONDS);
    vertx
        .eventBus()
        .<Buffer>consumer(
            WHO_AM_I, message -> message.reply(Buffer.buffer(SenderStamp.of(message).toString())))
        .completion()
        .await(10, TimeUnit.SECONDS);
    StoreNames names = new StoreNames(true);
    names.record(1, "node-1");
    names.record(2, "node-2");
    EventBusTransport transport =
        new EventBusTransport(
            new BusLoop(vertx),
            ClusterConfig.defaults(),
            names,
            CLUSTER,
            1,
            5,
            new SystemClock(),
            msg -> {
              if (msg instanceof Msg.Raft raft) {
                stepped.add(raft.message());
              }
              return true;
            },
            message -> {},
            store -> {});
    transport.listen().await(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() throws Exception {
    for (Impostor other : others) {
      other.close();
    }
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private Credentials credentials(String name) throws Exception {
    return authority.sign(name).credentials();
  }

  private Impostor other(String name) throws Exception {
    Impostor other = Impostor.open(credentials(name));
    others.add(other);
    other.learn(1, address);
    return other;
  }

  private static RaftMessage from(long storeId, long regionId) {
    return RaftMessage.newBuilder()
        .setRegionId(regionId)
        .setFromPeer(Peer.newBuilder().setId(21).setStoreId(storeId))
        .setToPeer(Peer.newBuilder().setId(11).setStoreId(1))
        .build();
  }

  private static String whoAmI(Impostor other) throws Exception {
    return other.ask(WHO_AM_I).await(20, TimeUnit.SECONDS).toString();
  }

  @Test
  void messagesTellWhoseConnectionTheyCameBy() throws Exception {
    assertThat(whoAmI(other("node-2"))).isEqualTo("[node-2, localhost]");
    assertThat(whoAmI(other("client"))).isEqualTo("[client, localhost]");
    Buffer own =
        vertx
            .eventBus()
            .<Buffer>request(WHO_AM_I, Buffer.buffer())
            .map(answer -> answer.body())
            .await(20, TimeUnit.SECONDS);
    assertThat(own).hasToString(Sender.SELF.toString());
  }

  @Test
  void framesAreSteppedOnlyFromTheNodeOfTheirStore() throws Exception {
    Impostor rightful = other("node-2");
    Impostor client = other("client");
    client.sendFrame(CLUSTER, 2, 1, from(2, 100));
    DeliveryOptions lying =
        new DeliveryOptions().addHeader("f.sender", "node-2").addHeader("F.Sender", "node-2");
    client.sendFrame(CLUSTER, 2, 1, from(2, 101), lying);
    rightful.sendFrame(CLUSTER, 3, 1, from(3, 102));
    rightful.sendFrame(CLUSTER, 1, 1, from(1, 103));
    rightful.sendFrame(CLUSTER, 2, 1, from(2, 104));
    // Their answers come after everything before has been looked at.
    whoAmI(client);
    whoAmI(rightful);
    assertThat(stepped).containsExactly(from(2, 104));
  }
}
