package dev.flotilla.coprocessor.api.testkit;

import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.KeyRange;
import dev.flotilla.coprocessor.api.PeerView;
import dev.flotilla.coprocessor.api.RegionView;
import java.util.List;

/** A region of a test. */
public record FakeRegion(
    long id, Bytes startKey, Bytes endKey, long version, long confVersion, List<PeerView> peers)
    implements RegionView {

  /** Region 2 with one peer, over all keys. */
  public static FakeRegion whole() {
    return between(Bytes.empty(), Bytes.empty());
  }

  /** Region 2 with one peer, over [start, end). */
  public static FakeRegion between(Bytes start, Bytes end) {
    return new FakeRegion(2, start, end, 1, 1, List.of(new PeerView(3, 1, false)));
  }

  /**
   * The part of {@code asked} that is in this region.
   *
   * @throws IllegalArgumentException when it begins in another region
   */
  KeyRange part(KeyRange asked) {
    if (!contains(asked.start())) {
      throw new IllegalArgumentException(
          "a range begins at " + asked.start() + ", which is not in region " + id);
    }
    boolean reachesOut =
        asked.end().isEmpty() || (!endKey.isEmpty() && asked.end().compareTo(endKey) > 0);
    return reachesOut ? new KeyRange(asked.start(), endKey) : asked;
  }
}
