package dev.flotilla.node;

import com.google.protobuf.ByteString;
import dev.flotilla.client.ClientException;
import dev.flotilla.client.ClusterClient;
import dev.flotilla.config.HostPort;
import dev.flotilla.sim.history.History;
import dev.flotilla.sim.history.Operation;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes a few keys, one request after the other, and writes down what it saw. A request
 * is never sent again; after one that failed the client finds its way anew, by another node. Every
 * second client has its requests sent in batches.
 */
final class ChaosClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final int KEYS = 5;

  /** Operations on one key, after which others are used: longer histories are slow to check. */
  private static final int OPERATIONS_A_KEY = 400;

  /** Values of all clients; each is written once. */
  private static final AtomicLong NEXT_VALUE = new AtomicLong(1);

  private final int number;
  private final List<HostPort> addresses;
  private final History history;
  private final Answers answers;
  private final Random random;
  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final Thread thread = new Thread(this::run, "chaos client");
  private @Nullable ClusterClient client;
  private volatile boolean stopping;

  /** How many answers all clients have got, and how long there was none. Thread-safe. */
  static final class Answers {
    private long count;
    private long lastNanos = System.nanoTime();
    private long longestNanos;

    synchronized void count() {
      count++;
      long now = System.nanoTime();
      longestNanos = Math.max(longestNanos, now - lastNanos);
      lastNanos = now;
    }

    synchronized long counted() {
      return count;
    }

    /** The longest time without an answer since this was last asked, milliseconds. */
    synchronized long takeLongestGapMillis() {
      long longest = longestNanos;
      longestNanos = 0;
      return TimeUnit.NANOSECONDS.toMillis(longest);
    }
  }

  ChaosClient(
      int number, List<HostPort> addresses, History history, Answers answers, Random random) {
    this.number = number;
    this.addresses = addresses;
    this.history = history;
    this.answers = answers;
    this.random = random;
  }

  void start() {
    thread.start();
  }

  /** May be called again. */
  void stop() throws InterruptedException, TimeoutException {
    if (stopping) {
      return;
    }
    stopping = true;
    thread.join();
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private void run() {
    while (!stopping) {
      operate(anyKey(history, random));
    }
  }

  /** One of the keys that are in use after what is in {@code history}. */
  static String anyKey(History history, Random random) {
    synchronized (history) {
      return "chaos-" + history.size() / (KEYS * OPERATIONS_A_KEY) + "-" + random.nextInt(KEYS);
    }
  }

  private void operate(String name) {
    ByteString key = ByteString.copyFromUtf8(name);
    int choice = random.nextInt(10);
    Operation.Kind kind =
        choice < 5 ? Operation.Kind.GET : choice < 9 ? Operation.Kind.PUT : Operation.Kind.DELETE;
    long input = kind == Operation.Kind.PUT ? NEXT_VALUE.getAndIncrement() : Operation.ABSENT;
    long calledAt;
    synchronized (history) {
      calledAt = history.next();
    }
    long output = Operation.ABSENT;
    try {
      switch (kind) {
        case GET -> output = valueOf(ask(asked -> asked.get(key)));
        case PUT -> ask(asked -> asked.put(key, ByteString.copyFromUtf8(Long.toString(input))));
        default -> ask(asked -> asked.delete(key));
      }
    } catch (ClientException | TimeoutException failed) {
      boolean unknown = !(failed instanceof ClientException e) || e.isOutcomeUnknown();
      if (unknown && kind != Operation.Kind.GET) {
        add(name, kind, input, output, calledAt, Operation.NEVER);
      }
      reconnect();
      return;
    }
    synchronized (history) {
      add(name, kind, input, output, calledAt, history.next());
    }
    answers.count();
  }

  private <T> T ask(Function<ClusterClient, Future<T>> question) throws TimeoutException {
    ClusterClient connected = client();
    return await(() -> question.apply(connected));
  }

  /** On the event loop, as batches are for one only. */
  private <T> T await(Supplier<Future<T>> call) throws TimeoutException {
    Promise<T> answer = Promise.promise();
    loop.runOnContext(ignored -> call.get().onComplete(answer));
    return answer.future().await(2 * TIMEOUT.toSeconds(), TimeUnit.SECONDS);
  }

  private static long valueOf(Optional<ByteString> answer) {
    return answer.map(value -> Long.parseLong(value.toStringUtf8())).orElse(Operation.ABSENT);
  }

  private void add(
      String key, Operation.Kind kind, long input, long output, long calledAt, long returnedAt) {
    synchronized (history) {
      history.add(
          key, new Operation(kind, number, Operation.ABSENT, input, output, calledAt, returnedAt));
    }
  }

  private ClusterClient client() throws TimeoutException {
    ClusterClient connected = client;
    if (connected == null) {
      connected =
          await(
              () ->
                  number % 2 == 0
                      ? ClusterClient.connect(vertx, addresses, TIMEOUT)
                      : ClusterClient.connectBatched(vertx, addresses, TIMEOUT, Optional.empty()));
      client = connected;
    }
    return connected;
  }

  private void reconnect() {
    ClusterClient failed = client;
    client = null;
    Collections.rotate(addresses, 1);
    if (failed != null) {
      failed.close();
    }
  }
}
