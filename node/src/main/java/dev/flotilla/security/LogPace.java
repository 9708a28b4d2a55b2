package dev.flotilla.security;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Lets one line a second be logged: anyone can have himself refused as often as he likes, which
 * must not fill the log. Thread-safe.
 */
public final class LogPace {
  private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final LongSupplier nanos;
  private final AtomicLong lastLine;

  /** When each line was logged, within the last minute: at most one for each second. */
  private final Map<String, Long> recent = new HashMap<>();

  public LogPace() {
    this(System::nanoTime);
  }

  /**
   * @param nanos a clock of which only differences mean anything
   */
  public LogPace(LongSupplier nanos) {
    this.nanos = nanos;
    this.lastLine = new AtomicLong(nanos.getAsLong() - LINE_NANOS);
  }

  /** Whether a line may be logged now; it counts as logged. */
  public boolean allows() {
    long now = nanos.getAsLong();
    long last = lastLine.get();
    return now - last >= LINE_NANOS && lastLine.compareAndSet(last, now);
  }

  /** As {@link #allows()}, and the same line not again for a minute. */
  public synchronized boolean allows(String line) {
    long now = nanos.getAsLong();
    recent.values().removeIf(since -> now - since >= AGAIN_NANOS);
    if (recent.containsKey(line) || !allows()) {
      return false;
    }
    recent.put(line, now);
    return true;
  }
}
