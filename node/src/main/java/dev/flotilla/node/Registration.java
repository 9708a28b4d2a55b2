package dev.flotilla.node;

import dev.flotilla.config.HostPort;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.verticle.cluster.PlacementLink;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a store becomes known to the placement driver, and the others to it, before it serves. Goes
 * on for as long as it takes, and says what it waits for.
 */
final class Registration {
  private static final Logger LOG = LoggerFactory.getLogger(Registration.class);
  private static final long RETRY_MILLIS = 50;
  private static final int RETRIES_A_LINE = 100;

  private final Vertx vertx;
  private final PlacementLink link;
  private final String sharedSettings;
  private final Supplier<Future<?>> learnMembers;
  private final Supplier<List<HostPort>> silent;

  /**
   * @param sharedSettings what this node has of the settings that all stores must share
   * @param learnMembers asks the driver for all stores
   * @param silent tells which other nodes do not answer
   */
  Registration(
      Vertx vertx,
      PlacementLink link,
      String sharedSettings,
      Supplier<Future<?>> learnMembers,
      Supplier<List<HostPort>> silent) {
    this.vertx = vertx;
    this.link = link;
    this.sharedSettings = sharedSettings;
    this.learnMembers = learnMembers;
    this.silent = silent;
  }

  /** Completes when clients that ask this node find their way. */
  Future<Void> run(Store self) {
    return untilItSucceeds(
            "the placement driver to take this store's record",
            () -> link.putStore(self, sharedSettings).recover(Registration::explained))
        .compose(registered -> untilItSucceeds("word of the other stores", learnMembers))
        .compose(
            known ->
                untilItSucceeds("the placement driver to know every region", link::checkReady));
  }

  private static <T> Future<T> explained(Throwable failure) {
    return Future.failedFuture(
        PlacementLink.isRefusal(failure)
            ? new StartRefused(
                "the cluster does not take this node: " + failure.getMessage(), failure)
            : failure);
  }

  private Future<Void> untilItSucceeds(String awaited, Supplier<Future<?>> attempt) {
    return Perseverance.until(
        vertx,
        RETRY_MILLIS,
        () -> attempt.get().<Void>mapEmpty(),
        (number, failure) -> {
          if (number % RETRIES_A_LINE == 0) {
            LOG.info("waiting for {}: {}{}", awaited, failure.getMessage(), unheard());
          }
        });
  }

  /** Without them the driver may be out of reach, or nobody be it. */
  private String unheard() {
    List<HostPort> nodes = silent.get();
    return nodes.isEmpty()
        ? ""
        : "; no answer from "
            + nodes.stream().map(HostPort::toString).collect(Collectors.joining(", "));
  }
}
