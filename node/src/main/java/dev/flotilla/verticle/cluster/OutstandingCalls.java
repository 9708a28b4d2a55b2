package dev.flotilla.verticle.cluster;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Requests to the driver that have no answer yet. They are given up when another drives: whoever
 * was asked may be dead, and the bus would let them wait for their whole time limit. Any thread.
 */
final class OutstandingCalls {
  private final Set<Promise<byte[]>> waiting = ConcurrentHashMap.newKeySet();

  /** Returns what {@code call} gives, or a failure if it is given up before. */
  Future<byte[]> track(Future<byte[]> call) {
    Promise<byte[]> answer = Promise.promise();
    waiting.add(answer);
    call.onComplete(
        done -> {
          waiting.remove(answer);
          if (done.succeeded()) {
            answer.tryComplete(done.result());
          } else {
            answer.tryFail(done.cause());
          }
        });
    return answer.future();
  }

  /** Gives up everything that waits now. */
  void giveUp(String reason) {
    waiting.forEach(
        answer -> {
          waiting.remove(answer);
          answer.tryFail(reason);
        });
  }

  int size() {
    return waiting.size();
  }
}
