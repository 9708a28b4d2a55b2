package dev.flotilla.server;

import dev.flotilla.pd.PlacementDriver;
import io.vertx.core.Future;
import java.util.function.Consumer;

/** Nobody drives placement. */
class NoPlacement implements Placement {
  @Override
  public String scheme() {
    return "http";
  }

  @Override
  public boolean isHere() {
    return false;
  }

  @Override
  public boolean submit(Consumer<PlacementDriver> request) {
    return false;
  }

  @Override
  public Future<byte[]> relay(String method, byte[] request) {
    return Future.failedFuture("nobody drives placement");
  }
}
