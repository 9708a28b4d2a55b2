package dev.flotilla.sim.cluster;

import com.google.protobuf.ByteString;
import dev.flotilla.sim.history.Operation;
import java.nio.charset.StandardCharsets;

/** Values as clients write them: a number that is used once, and now and then some ballast. */
final class Values {
  private Values() {}

  static ByteString encode(long value, int ballast) {
    return ByteString.copyFromUtf8(value + ":" + "x".repeat(ballast));
  }

  /** The number of a value, {@link Operation#ABSENT} for none. */
  static long decode(ByteString stored) {
    if (stored.isEmpty()) {
      return Operation.ABSENT;
    }
    String text = stored.toString(StandardCharsets.UTF_8);
    return Long.parseLong(text.substring(0, text.indexOf(':')));
  }
}
