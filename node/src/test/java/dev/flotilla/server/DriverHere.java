package dev.flotilla.server;

import dev.flotilla.pd.PlacementDriver;
import io.vertx.core.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The driver is here, and does what it is asked at once.
 *
 * @param driver that drives now
 */
public record DriverHere(Supplier<PlacementDriver> driver) implements Placement {
  @Override
  public String scheme() {
    return "http";
  }

  @Override
  public boolean isHere() {
    return true;
  }

  @Override
  public boolean submit(Consumer<PlacementDriver> request) {
    request.accept(driver.get());
    return true;
  }

  @Override
  public Future<byte[]> relay(String method, byte[] request) {
    throw new AssertionError("the driver is here");
  }
}
