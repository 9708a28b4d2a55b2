package dev.flotilla.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/** Carries out a plan: connects, fills, warms up, measures. */
final class LoadRun {
  private static final long FILL_SECONDS_MAX = 3600;
  private static final long CONNECT_SECONDS_MAX = 60;

  private final LoadPlan plan;
  private final PrintWriter progress;
  private final MetricsProbe probe;
  private final Failures failures = new Failures();
  private final List<Lane> lanes = new ArrayList<>();

  /**
   * @param progress gets a line each second
   */
  LoadRun(LoadPlan plan, PrintWriter progress, MetricsProbe probe) {
    this.plan = plan;
    this.progress = progress;
    this.probe = probe;
    AtomicLong inserted = new AtomicLong(plan.keys());
    for (int i = 0; i < plan.connections(); i++) {
      lanes.add(new Lane(plan, i, inserted, failures));
    }
  }

  /**
   * Runs to the end.
   *
   * @param fill whether to write all keys first
   */
  LoadResult run(boolean fill) throws InterruptedException, TimeoutException {
    int loops = Math.min(plan.connections(), Runtime.getRuntime().availableProcessors());
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops));
    try {
      Future.all(lanes.stream().map(vertx::deployVerticle).toList())
          .await(CONNECT_SECONDS_MAX, TimeUnit.SECONDS);
      if (fill) {
        progress.println("writing " + plan.keys() + " keys");
        progress.flush();
        Future.all(lanes.stream().map(Lane::fill).toList())
            .await(FILL_SECONDS_MAX, TimeUnit.SECONDS);
      }
      return measure();
    } finally {
      vertx.close();
    }
  }

  private LoadResult measure() throws InterruptedException, TimeoutException {
    lanes.forEach(Lane::begin);
    for (int second = 1; second <= plan.warmUpSeconds(); second++) {
      report("warm-up", second, second());
    }
    failures.clear();
    MetricsProbe.Sample before = probe.sample();
    long startNanos = System.nanoTime();
    Histogram total = new Histogram(3);
    for (int second = 1; second <= plan.seconds(); second++) {
      Histogram interval = second();
      total.add(interval);
      report(plan.workload().toString(), second, interval);
    }
    double seconds = (double) (System.nanoTime() - startNanos) / 1e9;
    MetricsProbe.Sample after = probe.sample();
    Failures.Seen failed = failures.seen();
    Future.all(lanes.stream().map(Lane::end).toList()).await(CONNECT_SECONDS_MAX, TimeUnit.SECONDS);
    return new LoadResult(
        plan.workload().toString(),
        plan.inFlight(),
        seconds,
        total,
        failed,
        MetricsProbe.Rates.between(before, after, seconds));
  }

  private Histogram second() throws InterruptedException {
    TimeUnit.SECONDS.sleep(1);
    Histogram sum = new Histogram(3);
    lanes.forEach(lane -> sum.add(lane.interval()));
    return sum;
  }

  private void report(String phase, int second, Histogram interval) {
    progress.printf(
        "%s %ds: %d ops/s, p50 %.2f ms, p99 %.2f ms, %d errors%n",
        phase,
        second,
        interval.getTotalCount(),
        (double) interval.getValueAtPercentile(50) / 1000,
        (double) interval.getValueAtPercentile(99) / 1000,
        failures.seen().count());
    progress.flush();
  }
}
