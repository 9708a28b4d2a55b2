package dev.flotilla.client;

import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import io.vertx.grpc.client.InvalidStatusException;
import io.vertx.grpc.common.GrpcErrorException;
import io.vertx.grpc.common.GrpcStatus;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Why a call has no answer, in words for those who use the tools. */
final class NoAnswer {
  private NoAnswer() {}

  /**
   * The failure of a call; as it is when it is told in words already.
   *
   * @param where the address that was called
   * @param timeout of the call
   */
  static ClientException of(String where, Throwable failure, Duration timeout) {
    if (failure instanceof ClientException told) {
      return told;
    }
    String text = where + " does not answer: " + reason(failure, timeout);
    // What has no connection was not sent.
    return failure instanceof ConnectException
        ? ClientException.notNow(text)
        : ClientException.unknown(text);
  }

  /** The reason alone, without the name of a class. */
  static String reason(Throwable failure, Duration timeout) {
    if (failure instanceof TimeoutException || isGivenUp(failure)) {
      return "no word within " + timeout.toMillis() + " ms";
    } else if (failure instanceof UnknownHostException) {
      return "there is no such host";
    } else if (failure instanceof StreamResetException) {
      return "the call was broken off";
    } else if (failure instanceof SSLException) {
      String message = message(root(failure));
      return message.startsWith("not an SSL/TLS record")
          ? "it does not encrypt; ask without --cacert, --cert and --key"
          : "no encrypted connection (" + message + ")";
    } else if (failure instanceof InvalidStatusException status) {
      return status.actualStatus().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
    return ofConnection(failure, message(failure));
  }

  /** Vert.x cancels a call whose deadline is over. Nodes cancel none. */
  private static boolean isGivenUp(Throwable failure) {
    return failure instanceof GrpcErrorException error && error.status() == GrpcStatus.CANCELLED;
  }

  /** What Vert.x says of connections has no types of its own. */
  private static String ofConnection(Throwable failure, String message) {
    if (failure instanceof HttpClosedException
        || message.startsWith("Connection was closed")
        || message.startsWith("Connection reset")) {
      return "the connection was closed; a node with certificates wants --cacert, --cert and --key";
    }
    return message.contains("content-type") ? "it is no port for clients" : message;
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  /** A connection's failure has its address at the end, which is said already. */
  private static String message(Throwable failure) {
    String message = failure.getMessage();
    if (message == null) {
      return "of a failure without words, " + failure.getClass().getSimpleName();
    }
    return failure instanceof ConnectException ? message.replaceAll(": \\S*/\\S*$", "") : message;
  }
}
