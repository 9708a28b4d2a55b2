package dev.flotilla.verticle.cluster;

import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.flotilla.config.HostPort;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Where stores are, as the placement driver last said. Any thread. */
public final class StoreDirectory {
  private final Supplier<Future<List<Store>>> source;
  private volatile Map<Long, Store> known = Map.of();

  /**
   * @param source asks the driver for all stores
   */
  public StoreDirectory(Supplier<Future<List<Store>>> source) {
    this.source = source;
  }

  /** Asks anew, and forgets stores that the driver has forgotten. */
  public Future<List<Store>> refresh() {
    return source
        .get()
        .map(
            stores -> {
              known = stores.stream().collect(toUnmodifiableMap(Store::getId, store -> store));
              return stores;
            });
  }

  /** Where the clients' port of a store is; asked for each time, as it may have moved. */
  public Future<HostPort> clientPort(long storeId) {
    return refresh()
        .transform(
            asked -> {
              Store store = known.get(storeId);
              return store == null || store.getState() == StoreState.Tombstone
                  ? Future.failedFuture("nobody knows where store " + storeId + " is")
                  : Future.succeededFuture(HostPort.parse(store.getAddress()));
            });
  }
}
