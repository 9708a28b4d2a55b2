package dev.flotilla.verticle;

import io.vertx.core.Vertx;

/** A Vert.x instance that workers can be deployed on. */
public final class WorkerVertx {
  private WorkerVertx() {}

  public static Vertx create() {
    Vertx vertx = Vertx.vertx();
    Wake.register(vertx.eventBus());
    return vertx;
  }
}
