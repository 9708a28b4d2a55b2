package dev.flotilla.bench;

import com.google.protobuf.ByteString;
import dev.flotilla.client.ClusterClient;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Makes the requests of a workload. Not thread-safe, but {@code inserted} may be shared. */
final class Requests {
  private static final String ZEROS = "000000000000";
  private static final int SCAN_MAX = 100;

  private final ClusterClient client;
  private final Workload workload;
  private final SplittableRandom chance;
  private final KeyChooser keys;
  private final byte[] value;
  private final AtomicLong inserted;

  /**
   * @param seed of keys, values and kinds
   * @param inserted number of the next key to insert
   */
  Requests(LoadPlan plan, ClusterClient client, long seed, AtomicLong inserted) {
    this.client = client;
    this.workload = plan.workload();
    this.chance = new SplittableRandom(seed);
    this.keys = KeyChooser.of(plan.distribution(), plan.keys(), chance.split());
    this.value = new byte[plan.valueBytes()];
    this.inserted = inserted;
    for (int i = 0; i < value.length; i++) {
      value[i] = (byte) chance.nextInt();
    }
  }

  /** Sends the next request. */
  Future<?> next() {
    return switch (workload.kind(chance.nextInt(100))) {
      case GET -> client.get(key(keys.next()));
      case PUT -> put(keys.next());
      case SCAN -> client.scan(key(keys.next()), chance.nextInt(1, SCAN_MAX + 1));
      case INSERT -> put(inserted.getAndIncrement());
      case ECHO -> client.check();
    };
  }

  Future<Void> put(long number) {
    // Values must differ, or compression would make them smaller than they claim to be.
    if (value.length >= Long.BYTES) {
      ByteBuffer.wrap(value).putLong(0, chance.nextLong());
    }
    return client.put(key(number), ByteString.copyFrom(value));
  }

  /**
   * The key of a number, 0 or more, in the order of the numbers. {@link String#format} would take a
   * twelfth of the load tool's time.
   */
  static ByteString key(long number) {
    String digits = Long.toString(number);
    return ByteString.copyFromUtf8(
        "bench-" + ZEROS.substring(Math.min(digits.length(), ZEROS.length())) + digits);
  }
}
