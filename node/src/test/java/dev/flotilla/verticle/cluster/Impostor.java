package dev.flotilla.verticle.cluster;

import dev.flotilla.config.HostPort;
import dev.flotilla.proto.cluster.PutStoreRequest;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.security.Credentials;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One on the event bus who has a certificate that is believed, and says that he is another. */
public final class Impostor implements AutoCloseable {
  private final Members members;
  private final Vertx vertx;

  private Impostor(Members members, Vertx vertx) {
    this.members = members;
    this.vertx = vertx;
  }

  /** Opens an event bus of his own. */
  public static Impostor open(Credentials credentials) throws Exception {
    HostPort free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = new HostPort("127.0.0.1", socket.getLocalPort());
    }
    Members members = new Members(free, List.of(), List.of());
    return new Impostor(
        members,
        ClusterVertx.start(
                free, members, new VertxOptions().setEventLoopPoolSize(1), Optional.of(credentials))
            .await(10, TimeUnit.SECONDS));
  }

  /** He knows where a store is. */
  public void learn(long storeId, HostPort clusterAddress) {
    members.learn(new Members.Member(storeId, clusterAddress, 1));
  }

  /** Sends raft messages in the name of store {@code as}. */
  public void sendFrame(long clusterId, long as, long to, RaftMessage message) {
    sendFrame(clusterId, as, to, message, new DeliveryOptions());
  }

  void sendFrame(long clusterId, long as, long to, RaftMessage message, DeliveryOptions options) {
    Buffer frame =
        Frame.write(
            clusterId, as, 7, 1, Frame.Credit.NONE, List.of(message), message.getSerializedSize());
    vertx.eventBus().send(Addresses.raft(to), frame, options);
  }

  /** Asks the node of store {@code at} to put a record in place of the one of the same id. */
  public Future<Store> register(long at, Store record) {
    return new BusCalls(new BusLoop(vertx), Duration.ofSeconds(20))
        .ask(
            Addresses.placement(at),
            "PutStore",
            PutStoreRequest.newBuilder().setStore(record).build().toByteArray())
        .map(answered -> record);
  }

  /** What an address answers, after everything that was sent there before. */
  Future<Buffer> ask(String address) {
    return vertx
        .eventBus()
        .<Buffer>request(address, Buffer.buffer(), new DeliveryOptions().setSendTimeout(20_000))
        .map(answer -> answer.body());
  }

  @Override
  public void close() throws TimeoutException {
    vertx.close().await(10, TimeUnit.SECONDS);
  }
}
