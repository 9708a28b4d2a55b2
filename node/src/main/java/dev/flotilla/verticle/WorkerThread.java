package dev.flotilla.verticle;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The one thread of a worker, and how long it may be busy before Vert.x warns of it. */
final class WorkerThread {
  /** Every command waits for these, and plugins are called on them. */
  private static final List<String> PROMPT = List.of("f-store", "f-apply-", "f-read-");

  /** More than a turn takes. It is a hook of a plugin that blocks, or a disk that stands still. */
  private static final int TURN_SECONDS_MAX = 2;

  private WorkerThread() {}

  static DeploymentOptions named(String pool) {
    DeploymentOptions options =
        new DeploymentOptions()
            .setThreadingModel(ThreadingModel.WORKER)
            .setWorkerPoolName(pool)
            .setWorkerPoolSize(1);
    return PROMPT.stream().anyMatch(pool::startsWith)
        ? options
            .setMaxWorkerExecuteTime(TURN_SECONDS_MAX)
            .setMaxWorkerExecuteTimeUnit(TimeUnit.SECONDS)
        : options;
  }
}
