package dev.flotilla.verticle.cluster;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.config.HostPort;
import dev.flotilla.proto.cluster.JoinRequest;
import dev.flotilla.proto.cluster.JoinResponse;
import dev.flotilla.proto.cluster.WhoRequest;
import dev.flotilla.proto.cluster.WhoResponse;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What nodes ask each other before they know who they are: is there a cluster, and may I join it.
 * Answers from the start on, at first that this node knows of none.
 */
public final class Greeting {
  private static final String WHO = "Who";
  private static final String JOIN = "Join";
  private static final int UNAVAILABLE = 14;

  private final BusCalls calls;
  private final HostPort self;
  private @Nullable MessageConsumer<Buffer> consumer;
  private volatile WhoResponse answer = WhoResponse.getDefaultInstance();
  private volatile @Nullable PlacementLink link;

  /**
   * @param self this node's advertised cluster address
   */
  public Greeting(BusCalls calls, HostPort self) {
    this.calls = calls;
    this.self = self;
  }

  /** Begins to answer. */
  public Future<Void> open() {
    return calls
        .serve(Addresses.node(self), this::onRequest)
        .onSuccess(listening -> consumer = listening)
        .mapEmpty();
  }

  /** Answers no more. */
  public void close() {
    MessageConsumer<Buffer> listening = consumer;
    if (listening != null) {
      listening.unregister();
    }
  }

  /** From now on this node knows its cluster, and others may join by it. */
  public void onIdentified(long clusterId, long storeId, PlacementLink placement) {
    answer = WhoResponse.newBuilder().setClusterId(clusterId).setStoreId(storeId).build();
    link = placement;
  }

  private void onRequest(String method, byte[] request, BusCalls.Reply reply) {
    PlacementLink placement = link;
    if (method.equals(WHO)) {
      reply.done(answer.toByteArray());
    } else if (!method.equals(JOIN)) {
      reply.fail(BusCalls.UNIMPLEMENTED, "there is no method " + method);
    } else if (placement == null) {
      reply.fail(UNAVAILABLE, "this node knows of no cluster yet");
    } else {
      placement
          .join(request)
          .onComplete(
              reply::done,
              failure -> reply.fail(UNAVAILABLE, String.valueOf(failure.getMessage())));
    }
  }

  /** Asks the node at a cluster address which cluster it knows; id 0 for none. */
  public Future<WhoResponse> who(HostPort node) {
    return calls
        .ask(Addresses.node(node), WHO, WhoRequest.getDefaultInstance().toByteArray())
        .compose(
            bytes -> {
              try {
                return Future.succeededFuture(WhoResponse.parseFrom(bytes));
              } catch (InvalidProtocolBufferException e) {
                return Future.failedFuture(e);
              }
            });
  }

  /** Asks the node at a cluster address to have this one made a store of its cluster. */
  public Future<JoinResponse> join(HostPort node, JoinRequest request) {
    return calls
        .ask(Addresses.node(node), JOIN, request.toByteArray())
        .compose(
            bytes -> {
              try {
                return Future.succeededFuture(JoinResponse.parseFrom(bytes));
              } catch (InvalidProtocolBufferException e) {
                return Future.failedFuture(e);
              }
            });
  }
}
