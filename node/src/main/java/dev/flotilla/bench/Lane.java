package dev.flotilla.bench;

import dev.flotilla.client.ClusterClient;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;
import org.jspecify.annotations.Nullable;

/** One connection and its share of the requests, on one event loop. */
final class Lane extends VerticleBase {
  /** Durations are recorded in microseconds, with three digits. */
  private static final int DIGITS = 3;

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Together longer than an election takes. */
  private static final int FILL_ATTEMPTS = 100;

  private static final long FILL_PAUSE_MILLIS = 100;

  private final LoadPlan plan;
  private final int number;
  private final AtomicLong inserted;
  private final Failures failures;
  private final SingleWriterRecorder recorder = new SingleWriterRecorder(DIGITS);
  private final Promise<Void> finished = Promise.promise();
  private @Nullable ClusterClient client;
  private int running;
  private volatile boolean stopping;

  /**
   * @param failures of all lanes
   */
  Lane(LoadPlan plan, int number, AtomicLong inserted, Failures failures) {
    this.plan = plan;
    this.number = number;
    this.inserted = inserted;
    this.failures = failures;
  }

  @Override
  public Future<?> start() {
    return connect()
        .onSuccess(connected -> client = connected)
        .compose(
            connected ->
                plan.workload() == Workload.ECHO
                    ? Future.succeededFuture()
                    : connected.locate(Requests.key(0)));
  }

  private Future<ClusterClient> connect() {
    return plan.batched()
        ? ClusterClient.connectBatched(vertx, plan.drivers(), TIMEOUT, plan.credentials())
        : ClusterClient.connect(vertx, plan.drivers(), TIMEOUT, plan.credentials());
  }

  /** The number of requests that this lane keeps on their way. */
  private int share() {
    int lanes = plan.connections();
    return plan.inFlight() / lanes + (number < plan.inFlight() % lanes ? 1 : 0);
  }

  /** Any thread: begins to send. */
  void begin() {
    context.runOnContext(
        ignored -> {
          ClusterClient connected = client;
          if (connected != null) {
            Requests requests = new Requests(plan, connected, 0x5EED + number, inserted);
            running = share();
            for (int i = 0; i < share(); i++) {
              next(requests);
            }
          }
        });
  }

  private void next(Requests requests) {
    if (stopping) {
      running--;
      if (running == 0) {
        finished.complete();
      }
      return;
    }
    long startNanos = System.nanoTime();
    requests
        .next()
        .onSuccess(
            done -> {
              recorder.recordValue((System.nanoTime() - startNanos) / 1000);
              next(requests);
            })
        .onFailure(
            failure -> {
              failures.add(failure);
              // A cluster that is gone fails at once: not from the same stack, and not at full
              // speed.
              vertx.setTimer(1, id -> next(requests));
            });
  }

  /** Any thread: writes each of its keys, {@code number} modulo the lanes, once. */
  Future<Void> fill() {
    Promise<Void> filled = Promise.promise();
    context.runOnContext(
        ignored -> {
          ClusterClient connected = client;
          if (connected != null) {
            Requests requests = new Requests(plan, connected, 0xF111 + number, inserted);
            AtomicLong next = new AtomicLong(number);
            running = share();
            for (int i = 0; i < share(); i++) {
              fill(requests, next, filled);
            }
          }
        });
    return filled.future();
  }

  private void fill(Requests requests, AtomicLong next, Promise<Void> filled) {
    long key = next.getAndAdd(plan.connections());
    if (key >= plan.keys()) {
      running--;
      if (running == 0) {
        filled.tryComplete();
      }
      return;
    }
    write(requests, key, FILL_ATTEMPTS)
        .onSuccess(done -> fill(requests, next, filled))
        .onFailure(filled::tryFail);
  }

  /** Writes one key; again when that fails, as it does where a leader has just moved. */
  private Future<Void> write(Requests requests, long key, int attempts) {
    return requests
        .put(key)
        .recover(
            failure ->
                attempts == 1
                    ? Future.failedFuture(failure)
                    : vertx
                        .timer(FILL_PAUSE_MILLIS, TimeUnit.MILLISECONDS)
                        .compose(elapsed -> write(requests, key, attempts - 1)));
  }

  /** Any thread: what was recorded since the last call. */
  Histogram interval() {
    return recorder.getIntervalHistogram();
  }

  /** Any thread: sends nothing more; completes when all answers have come. */
  Future<Void> end() {
    stopping = true;
    return share() == 0 ? Future.succeededFuture() : finished.future();
  }

  @Override
  public Future<?> stop() {
    return client == null ? Future.succeededFuture() : client.close();
  }
}
