package dev.flotilla.server;

import dev.flotilla.raftstore.store.RegionStatus;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the status port tells. Called on its event loop; must not block it. */
public interface StatusSource {
  /**
   * Whether clients' requests are served. Without an answer while the store stands still, as on a
   * disk that does not answer.
   */
  Future<Boolean> isServing();

  /** The node at a glance, by name. */
  Future<Map<String, Object>> status();

  /** Settings in effect, by section and key. */
  Map<String, Map<String, Object>> config();

  /** One replica of this node; empty when it has none of that region. */
  Future<Optional<RegionStatus>> region(long regionId);

  /** Loaded plugins, by name of what is told of each. */
  List<Map<String, Object>> coprocessors();

  /** Metrics in the text format of Prometheus. */
  Future<String> scrape();
}
