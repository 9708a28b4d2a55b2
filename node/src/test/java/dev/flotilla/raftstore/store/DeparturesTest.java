package dev.flotilla.raftstore.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A store that lives long has seen many replicas go. */
class DeparturesTest {
  private final Departures departures = new Departures();

  @Test
  void tellsOnceOfOneThatHasGone() {
    departures.add(7);
    assertThat(departures.remove(8)).isFalse();
    assertThat(departures.remove(7)).isTrue();
    assertThat(departures.remove(7)).isFalse();
  }

  @Test
  void forgetsThoseThatWentLongAgo() {
    departures.add(1);
    departures.add(2);
    departures.add(1);
    for (long region = 0; region < Departures.MAX - 1; region++) {
      departures.add(1000 + region);
    }
    assertThat(departures.remove(2)).as("the oldest").isFalse();
    assertThat(departures.remove(1)).as("which went again").isTrue();
    assertThat(departures.remove(1000)).isTrue();
  }
}
