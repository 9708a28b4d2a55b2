package dev.flotilla.bench;

import dev.flotilla.client.StatusPages;
import dev.flotilla.config.HostPort;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads counters of a node from its status port, where there is one. */
final class MetricsProbe {
  private static final String SYNCS = "flotilla_raft_log_syncs_total ";
  private static final String PUTS =
      "flotilla_grpc_calls_seconds_count{method=\"tikvpb.Tikv/RawPut\",outcome=\"ok\"} ";

  private final StatusPages pages;
  private final Optional<HostPort> address;

  MetricsProbe(StatusPages pages, Optional<HostPort> address) {
    this.pages = pages;
    this.address = address;
  }

  /** Counters at one moment. */
  record Sample(double syncs, double puts) {}

  /**
   * How counters moved.
   *
   * @param syncsPerSecond synced writes of the raft log
   * @param putsPerSync acknowledged puts for each of them
   */
  record Rates(double syncsPerSecond, double putsPerSync) {
    /** Null when nothing was synced, or it is not known. */
    static @Nullable Rates between(@Nullable Sample before, @Nullable Sample after, double secs) {
      if (before == null || after == null) {
        return null;
      }
      double syncs = after.syncs() - before.syncs();
      if (syncs == 0) {
        return null;
      }
      double puts = after.puts() - before.puts();
      return new Rates(syncs / secs, puts / syncs);
    }
  }

  /** Null where the port does not answer. */
  @Nullable Sample sample() throws InterruptedException {
    if (address.isEmpty()) {
      return null;
    }
    try {
      List<String> lines = pages.read(address.get().toString(), "/metrics").lines().toList();
      return new Sample(value(lines, SYNCS), value(lines, PUTS));
    } catch (IOException e) {
      return null;
    }
  }

  private static double value(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
        .findFirst()
        .orElse(0);
  }
}
