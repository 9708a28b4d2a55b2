package dev.flotilla.server;

import dev.flotilla.pd.PlacementDriver;
import io.vertx.core.Future;
import java.util.function.Consumer;

/** The way to the placement driver, here or on another node. Any thread. */
public interface Placement {
  /** How clients' addresses begin, {@code http} or {@code https}. */
  String scheme();

  /** Whether the driver is here. */
  boolean isHere();

  /**
   * Lets {@code request} run on the thread of this node's driver.
   *
   * @return false when too many wait; the request was not taken
   */
  boolean submit(Consumer<PlacementDriver> request);

  /**
   * Asks the driver on another node.
   *
   * @param method full name of a method of PD
   * @return the response; fails when nobody is known to drive for a while, or none answers in time
   */
  Future<byte[]> relay(String method, byte[] request);
}
