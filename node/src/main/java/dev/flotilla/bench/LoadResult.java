package dev.flotilla.bench;

import io.vertx.core.json.JsonObject;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What came of a load.
 *
 * @param name of the workload or yardstick
 * @param inFlight requests on their way at any time
 * @param seconds measured
 * @param micros durations of requests that were answered
 * @param failed requests that failed
 * @param log what the node's log did meanwhile, if its metrics could be read
 */
record LoadResult(
    String name,
    int inFlight,
    double seconds,
    Histogram micros,
    Failures.Seen failed,
    MetricsProbe.@Nullable Rates log) {

  double opsPerSecond() {
    return (double) micros.getTotalCount() / seconds;
  }

  private double millis(double percentile) {
    return (double) micros.getValueAtPercentile(percentile) / 1000;
  }

  JsonObject json() {
    JsonObject json =
        new JsonObject()
            .put("workload", name)
            .put("in_flight", inFlight)
            .put("seconds", seconds)
            .put("ops", micros.getTotalCount())
            .put("ops_per_second", opsPerSecond())
            .put("p50_ms", millis(50))
            .put("p99_ms", millis(99))
            .put("p99_9_ms", millis(99.9))
            .put("max_ms", (double) micros.getMaxValue() / 1000)
            .put("errors", failed.count());
    if (failed.last() != null) {
      json.put("last_error", failed.last());
    }
    if (log != null) {
      json.put("fsyncs_per_second", log.syncsPerSecond()).put("puts_per_fsync", log.putsPerSync());
    }
    return json;
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s at %d in flight: %.0f ops/s, p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max %.2f ms,"
                + " %d errors",
            name,
            inFlight,
            opsPerSecond(),
            millis(50),
            millis(99),
            millis(99.9),
            (double) micros.getMaxValue() / 1000,
            failed.count()));
    if (failed.last() != null) {
      text.append(System.lineSeparator()).append("an error: ").append(failed.last());
    }
    if (log != null) {
      text.append(System.lineSeparator())
          .append(
              String.format(
                  Locale.ROOT,
                  "log of the node: %.0f fsyncs/s, %.1f puts per fsync",
                  log.syncsPerSecond(),
                  log.putsPerSync()));
    }
    return text.toString();
  }
}
