package dev.flotilla.server;

import dev.flotilla.pd.PlacementDriver;
import java.util.function.Consumer;

/** The way to this node's placement driver. Any thread. */
@FunctionalInterface
public interface Placement {
  /**
   * Lets {@code request} run on the driver's thread.
   *
   * @return false when too many wait; the request was not taken
   */
  boolean submit(Consumer<PlacementDriver> request);
}
