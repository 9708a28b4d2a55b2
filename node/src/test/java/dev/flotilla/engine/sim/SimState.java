package dev.flotilla.engine.sim;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.KeyRange;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Content of all families at one moment. Immutable. */
final class SimState {
  /** One change of one family. */
  record Step(Cf cf, UnaryOperator<PersistentMap> change) {}

  private final Map<Cf, PersistentMap> maps;

  private SimState(Map<Cf, PersistentMap> maps) {
    this.maps = maps;
  }

  static SimState empty(List<Cf> families) {
    Map<Cf, PersistentMap> maps = new EnumMap<>(Cf.class);
    families.forEach(cf -> maps.put(cf, PersistentMap.EMPTY));
    return new SimState(maps);
  }

  PersistentMap map(Cf cf) {
    PersistentMap map = maps.get(cf);
    if (map == null) {
      throw new IllegalArgumentException("no family " + cf.diskName());
    }
    return map;
  }

  boolean isEmpty() {
    return maps.values().stream().allMatch(PersistentMap::isEmpty);
  }

  SimState apply(List<Step> steps) {
    SimState changed = new SimState(new EnumMap<>(maps));
    for (Step step : steps) {
      changed.maps.put(step.cf(), step.change().apply(changed.map(step.cf())));
    }
    return changed;
  }

  SimState without(KeyRange range) {
    if (range.isEmpty()) {
      return this;
    }
    byte[] end = range.isBounded() ? range.end() : null;
    return apply(
        maps.keySet().stream()
            .map(cf -> new Step(cf, map -> map.removeRange(range.start(), end)))
            .toList());
  }

  /** Bytes of keys and values in the range. */
  long bytes(KeyRange range) {
    long bytes = 0;
    for (PersistentMap map : maps.values()) {
      PersistentMap.Node node = map.ceiling(range.start());
      while (node != null && range.contains(node.key())) {
        bytes += node.key().length + node.value().length;
        node = map.ceiling(PersistentMap.successor(node.key()));
      }
    }
    return bytes;
  }
}
