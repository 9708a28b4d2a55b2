package dev.flotilla.pd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.RegionEpoch;
import dev.flotilla.raftstore.StoppedClock;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RegionTreeTest {
  private final RegionTree tree = new RegionTree(new StoppedClock(1, 1));

  private static ByteString utf8(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private void report(long id, String start, String end, long version, long term) {
    Region region =
        Region.newBuilder()
            .setId(id)
            .setStartKey(utf8(start))
            .setEndKey(utf8(end))
            .setRegionEpoch(RegionEpoch.newBuilder().setConfVer(1).setVersion(version))
            .build();
    tree.update(region, Peer.newBuilder().setId(id + 100).build(), term);
  }

  private long at(String key) {
    RegionTree.Route route = tree.find(utf8(key));
    return route == null ? 0 : route.region().getId();
  }

  @Test
  void findsTheRegionOfAKey() {
    report(1, "", "g", 1, 6);
    report(2, "g", "p", 1, 6);
    report(3, "p", "", 1, 6);
    assertThat(at("")).isEqualTo(1);
    assertThat(at("fz")).isEqualTo(1);
    assertThat(at("g")).isEqualTo(2);
    assertThat(at("zzz")).isEqualTo(3);
    assertThat(tree.before(utf8("h"))).extracting(route -> route.region().getId()).isEqualTo(1L);
    assertThat(tree.before(utf8("a"))).isNull();
  }

  @Test
  void isTiledOnlyWithoutHoles() {
    assertThat(tree.isTiled()).isFalse();
    report(1, "", "g", 1, 6);
    report(3, "p", "", 1, 6);
    assertThat(tree.isTiled()).isFalse();
    report(2, "g", "p", 1, 6);
    assertThat(tree.isTiled()).isTrue();
  }

  /** It is counted, not looked for. */
  @Test
  void knowsAtAllTimesWhetherThereAreHoles() {
    Random random = new Random(7);
    int tiled = 0;
    for (int version = 1; version <= 20_000; version++) {
      int start = random.nextInt(6);
      int end = start + 1 + random.nextInt(6 - start);
      report(random.nextInt(6), border(start), border(end), version, 6);
      assertThat(tree.isTiled())
          .isEqualTo(tree.scan(ByteString.EMPTY, ByteString.EMPTY, 0) != null);
      tiled += tree.isTiled() ? 1 : 0;
    }
    assertThat(tiled).isBetween(100, 19_900);
    tree.clear();
    assertThat(tree.isTiled()).isFalse();
  }

  /** The first and the last one are the ends of the key space. */
  private static String border(int number) {
    return number % 6 == 0 ? "" : String.valueOf((char) ('a' + number));
  }

  @Test
  void staysCompleteWhileAHalfOfASplitHasNoLeader() {
    report(1, "", "g", 1, 6);
    assertThat(tree.isComplete()).isFalse();
    report(2, "g", "", 1, 6);
    assertThat(tree.isComplete()).isTrue();
    report(2, "p", "", 2, 6);
    assertThat(tree.isTiled()).isFalse();
    assertThat(tree.isComplete()).isTrue();
  }

  @Test
  void answersAboutAHoleOnlyWhatIsSure() {
    report(1, "", "g", 1, 6);
    report(3, "p", "", 1, 6);
    assertThat(at("a")).isEqualTo(1);
    assertThat(at("h")).isZero();
    assertThat(tree.before(utf8("q"))).isNull();
    assertThat(tree.scan(utf8("a"), utf8("g"), 0)).hasSize(1);
    assertThat(tree.scan(utf8("a"), utf8("ga"), 0)).isNull();
    assertThat(tree.scan(utf8("a"), utf8("ga"), 1)).hasSize(1);
    assertThat(tree.scan(utf8("h"), ByteString.EMPTY, 0)).isNull();
    assertThat(tree.scan(utf8("q"), ByteString.EMPTY, 0)).hasSize(1);
  }

  @Test
  void aSplitReplacesItsParent() {
    report(1, "", "", 1, 6);
    report(2, "", "m", 2, 6);
    assertThat(at("a")).isEqualTo(2);
    assertThat(at("z")).isZero();
    report(1, "m", "", 2, 6);
    assertThat(at("z")).isEqualTo(1);
    assertThat(tree.isTiled()).isTrue();
  }

  @Test
  void oldReportsChangeNothing() {
    report(2, "", "m", 2, 7);
    report(1, "m", "", 2, 7);
    report(1, "", "", 1, 6);
    assertThat(at("a")).isEqualTo(2);
    report(2, "", "m", 2, 6);
    assertThat(tree.find(2)).extracting(RegionTree.Route::term).isEqualTo(7L);
  }

  @Test
  void scansInOrderWithinBounds() {
    report(1, "", "g", 1, 6);
    report(2, "g", "p", 1, 6);
    report(3, "p", "", 1, 6);
    assertThat(tree.scan(utf8("h"), ByteString.EMPTY, 0))
        .extracting(route -> route.region().getId())
        .containsExactly(2L, 3L);
    assertThat(tree.scan(ByteString.EMPTY, utf8("g"), 0)).hasSize(1);
    assertThat(tree.scan(ByteString.EMPTY, ByteString.EMPTY, 2)).hasSize(2);
  }
}
