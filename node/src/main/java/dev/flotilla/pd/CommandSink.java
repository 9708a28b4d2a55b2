package dev.flotilla.pd;

import dev.flotilla.proto.pdpb.RegionHeartbeatResponse;

/** The way of the driver's wishes to the leaders of regions. May lose them: they are repeated. */
@FunctionalInterface
public interface CommandSink {
  /** Takes a wish for the leader on {@code storeId}; never blocks. */
  void send(long storeId, RegionHeartbeatResponse command);
}
