package dev.flotilla.connection;

import io.vertx.core.Future;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.common.ServiceMethod;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Opens calls within a time. The deadline of a call begins with its request, and before there is
 * one, the connection must be greeted by the other side: a node that stands still never does, while
 * its machine takes connections for it.
 */
public final class Opening {
  private Opening() {}

  /**
   * Where to call. Of an IPv6 address in brackets, as Vert.x tells the other side whom it calls by
   * what it finds here, and without them nobody can read where the port begins.
   *
   * @param host name or address; an IPv6 address without brackets
   */
  public static SocketAddress at(String host, int port) {
    return SocketAddress.inetSocketAddress(port, host.contains(":") ? "[" + host + "]" : host);
  }

  /**
   * A call to be written to; fails when there is none after {@code timeout}. Any thread.
   *
   * @param client where the connection is, or is made
   */
  public static <Q, A> Future<GrpcClientRequest<Q, A>> of(
      GrpcClient client, SocketAddress address, ServiceMethod<A, Q> method, Duration timeout) {
    Future<GrpcClientRequest<Q, A>> opening = client.request(address, method);
    if (opening.isComplete()) {
      return opening;
    }
    return opening
        .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .onFailure(failure -> opening.onSuccess(GrpcClientRequest::cancel));
  }
}
