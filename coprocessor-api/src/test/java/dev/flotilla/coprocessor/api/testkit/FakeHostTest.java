package dev.flotilla.coprocessor.api.testkit;

import static dev.flotilla.coprocessor.api.testkit.FakeRequest.compareAndSwap;
import static dev.flotilla.coprocessor.api.testkit.FakeRequest.get;
import static dev.flotilla.coprocessor.api.testkit.FakeRequest.put;
import static dev.flotilla.coprocessor.api.testkit.FakeRequest.scan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.coprocessor.api.AppliedQuery;
import dev.flotilla.coprocessor.api.ApplySnapshotObserver;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.CmdBatch;
import dev.flotilla.coprocessor.api.CmdObserver;
import dev.flotilla.coprocessor.api.Endpoint;
import dev.flotilla.coprocessor.api.KeyRange;
import dev.flotilla.coprocessor.api.ObserverContext;
import dev.flotilla.coprocessor.api.ProposeContext;
import dev.flotilla.coprocessor.api.QueryBatch;
import dev.flotilla.coprocessor.api.QueryObserver;
import dev.flotilla.coprocessor.api.QueryView;
import dev.flotilla.coprocessor.api.ReadObserver;
import dev.flotilla.coprocessor.api.ReadResult;
import dev.flotilla.coprocessor.api.RegionChange;
import dev.flotilla.coprocessor.api.RegionChangeObserver;
import dev.flotilla.coprocessor.api.RegionData;
import dev.flotilla.coprocessor.api.RegionReader;
import dev.flotilla.coprocessor.api.RejectedException;
import dev.flotilla.coprocessor.api.RejectedException.Code;
import dev.flotilla.coprocessor.api.ResponseEditor;
import dev.flotilla.coprocessor.api.Role;
import dev.flotilla.coprocessor.api.SplitCheckObserver;
import dev.flotilla.coprocessor.api.SplitChecker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FakeHostTest {
  @TempDir Path data;

  /** Does one thing a key, so that tests can ask for it. */
  private static final class ByKey implements QueryObserver, ReadObserver {
    final List<QueryBatch> kept = new ArrayList<>();

    @Override
    public void preProposeQuery(ProposeContext context, QueryBatch batch) throws RejectedException {
      switch (batch.key(0).toUtf8()) {
        case "reject" -> throw new RejectedException(Code.DENIED, "no");
        case "alter", "" -> batch.setValue(0, Bytes.utf8("altered"));
        case "outside" -> batch.setKey(0, Bytes.utf8("zz"));
        case "throw" -> throw new IllegalStateException("broken");
        case "keep" -> kept.add(batch);
        default -> {
          // Left as it is.
        }
      }
    }

    @Override
    public void postApplyQuery(
        ObserverContext context, AppliedQuery query, ResponseEditor response) {
      if (response.hasValue(0)) {
        response.setValue(0, Bytes.utf8("was " + response.value(0).toUtf8()));
      }
    }

    @Override
    public void postRead(ObserverContext context, QueryView asked, ReadResult result) {
      if (result.size() == 2) {
        result.hide(1);
      }
    }
  }

  private final ByKey observer = new ByKey();

  private FakeHost start() throws Exception {
    return FakeHost.start(observer, Map.of(), data)
        .in(FakeRegion.between(Bytes.empty(), Bytes.utf8("z")));
  }

  /** As a node does: only keys that the plugin has set are looked at. */
  @Test
  void theValueOfTheEmptyKeyCanBeEdited() throws Exception {
    try (FakeHost host = start()) {
      host.propose(put("", "v")).assertAltered(0, "altered");
    }
  }

  @Test
  void showsWhatThePluginDoes() throws Exception {
    try (FakeHost host = start()) {
      assertThat(host.propose(put("reject", "v")).assertRejected(Code.DENIED)).isEqualTo("no");
      host.propose(put("alter", "v")).assertAltered(0, "altered");
      host.propose(put("k", "v")).assertUnaltered();
      assertThat(host.propose(put("throw", "v")).assertFailed()).hasMessage("broken");
      assertThat(host.propose(put("outside", "v")).assertFailed()).hasMessageContaining("edit");
    }
  }

  @Test
  void anAssertionThatDoesNotHoldSaysWhatWas() throws Exception {
    try (FakeHost host = start()) {
      Outcome altered = host.propose(put("alter", "v"));
      Outcome rejected = host.propose(put("reject", "v"));
      Outcome failed = host.propose(put("throw", "v"));
      assertThatThrownBy(altered::assertUnaltered).isInstanceOf(AssertionError.class);
      assertThatThrownBy(altered::assertFailed).isInstanceOf(AssertionError.class);
      assertThatThrownBy(() -> altered.assertRejected(Code.DENIED))
          .isInstanceOf(AssertionError.class);
      assertThatThrownBy(() -> rejected.assertRejected(Code.QUOTA))
          .hasMessageContaining("rejected as DENIED: no");
      assertThatThrownBy(rejected::assertAccepted).isInstanceOf(AssertionError.class);
      assertThatThrownBy(failed::assertAccepted).hasRootCauseMessage("broken");
    }
  }

  @Test
  void whatIsLentBreaksAfterTheCall() throws Exception {
    try (FakeHost host = start()) {
      host.propose(put("keep", "v")).assertUnaltered();
      assertThatThrownBy(() -> observer.kept.get(0).key(0))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("kept after its call");
    }
  }

  @Test
  void appliesAndReads() throws Exception {
    try (FakeHost host = start()) {
      host.apply(put("a", "1"), put("b", "2")).assertUnaltered();
      host.apply(compareAndSwap("a", "1", "3")).assertAltered(0, "was 1");
      assertThat(host.read(get("a")).values()).containsExactly(Bytes.utf8("3"));
      assertThat(host.read(scan("a", "", 9)).values()).containsExactly(Bytes.utf8("3"), null);
    }
  }

  /** Notes what it is told of regions and snapshots. */
  private static final class Follower implements RegionChangeObserver, ApplySnapshotObserver {
    final List<String> told = new ArrayList<>();

    @Override
    public void onRegionChanged(ObserverContext context, RegionChange change) {
      told.add(change.kind() + " " + change.role());
    }

    @Override
    public void preApplySnapshot(ObserverContext context, long index) {
      told.add("before " + index);
    }

    @Override
    public void postApplySnapshot(ObserverContext context, long index) {
      told.add("after " + index);
    }
  }

  @Test
  void tellsOfRegionsAndSnapshots() throws Exception {
    Follower follower = new Follower();
    try (FakeHost host = FakeHost.start(follower, Map.of(), data)) {
      host.change(RegionChange.Kind.CREATED, Role.FOLLOWER);
      host.applySnapshot(10);
      host.change(RegionChange.Kind.DESTROYED, Role.FOLLOWER);
    }
    assertThat(follower.told)
        .containsExactly("CREATED FOLLOWER", "before 15", "after 15", "DESTROYED FOLLOWER");
  }

  /** Keeps a copy by what it is shown. */
  private static final class Copies implements CmdObserver {
    final List<String> told = new ArrayList<>();

    @Override
    public void onFlushAppliedCmdBatch(CmdBatch batch) {
      StringBuilder text =
          new StringBuilder().append(batch.after()).append("..").append(batch.last());
      for (AppliedQuery write : batch.writes()) {
        for (int i = 0; i < write.size(); i++) {
          text.append(' ').append(write.kind(i)).append(' ').append(write.key(i).toUtf8());
        }
      }
      RegionData data = batch.data();
      if (data != null) {
        text.append(" k is ").append(data.get(Bytes.utf8("k"))).append(" at ").append(data.index());
      }
      told.add(text.toString());
    }
  }

  @Test
  void showsBatchesOfWhatTookEffect() throws Exception {
    Copies copies = new Copies();
    try (FakeHost host = FakeHost.start(copies, Map.of(), data)) {
      host.apply(put("k", "1"), put("l", "1"));
      host.apply(compareAndSwap("k", "other", "2"));
      host.apply(compareAndSwap("k", "1", "2"));
      host.applySnapshot(10);
    }
    assertThat(copies.told)
        .containsExactly(
            "5..6 PUT k PUT l k is 0x31 at 6",
            "6..8 COMPARE_AND_SWAP k k is 0x32 at 8",
            "18..18 k is 0x32 at 18");
  }

  /** Answers with the ranges that it is shown. */
  private record Shown() implements Endpoint {
    @Override
    public Bytes query(
        ObserverContext context, List<KeyRange> ranges, Bytes request, RegionReader reader) {
      StringBuilder shown = new StringBuilder();
      ranges.forEach(
          range -> shown.append(range.start().toUtf8()).append('-').append(range.end().toUtf8()));
      return Bytes.utf8(shown.toString());
    }
  }

  private static KeyRange range(String start, String end) {
    return new KeyRange(Bytes.utf8(start), Bytes.utf8(end));
  }

  /** As a node does, where a client asks for each region in turn. */
  @Test
  void anEndpointIsAskedAboutWhatIsInTheRegion() throws Exception {
    try (FakeHost host = FakeHost.start(new Shown(), Map.of(), data)) {
      host.query(Bytes.empty(), range("", "")).assertAnswered("-");
      host.in(FakeRegion.between(Bytes.utf8("b"), Bytes.utf8("d")));
      host.query(Bytes.empty(), range("b", "c")).assertAnswered("b-c");
      host.query(Bytes.empty(), range("c", "e")).assertAnswered("c-d");
      host.query(Bytes.empty(), range("c", "")).assertAnswered("c-d");
      for (String start : List.of("", "a", "d", "e")) {
        assertThatThrownBy(() -> host.query(Bytes.empty(), range("b", "c"), range(start, "")))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("region 2");
      }
    }
  }

  /** Cuts where the first letter changes, or where it is told to. */
  private static final class Cutter implements SplitCheckObserver {
    private final List<Bytes> told = new ArrayList<>();
    private long bytesSeen;
    private boolean keepsContext;

    @Override
    public @Nullable SplitChecker splitChecker(ObserverContext context) {
      if (context.region().endKey().equals(Bytes.utf8("nobody"))) {
        return null;
      }
      List<Bytes> cuts = new ArrayList<>(told);
      return new SplitChecker() {
        private Bytes last = Bytes.empty();

        @Override
        public boolean onKey(Bytes key, long bytes) {
          bytesSeen += keepsContext ? context.term() : bytes;
          if (!last.isEmpty() && last.byteAt(0) != key.byteAt(0)) {
            cuts.add(key.slice(0, 1));
          }
          last = key;
          return key.byteAt(0) != 'x';
        }

        @Override
        public List<Bytes> splitKeys() {
          return cuts;
        }
      };
    }
  }

  @Test
  void showsWhereARegionIsToBeCut() throws Exception {
    Cutter cutter = new Cutter();
    try (FakeHost host = FakeHost.start(cutter, Map.of(), data)) {
      host.apply(put("a1", "1"), put("b1", "2"), put("b2", "3"), put("x1", "4"), put("y1", "5"));
      assertThat(host.checkSplit().assertAccepted().keys())
          .containsExactly(Bytes.utf8("b"), Bytes.utf8("x"));
      assertThat(cutter.bytesSeen).isEqualTo(4 * 3);

      host.in(FakeRegion.between(Bytes.utf8("b"), Bytes.utf8("x")));
      assertThat(host.checkSplit().assertAccepted().keys()).isEmpty();
      host.in(FakeRegion.between(Bytes.utf8("a"), Bytes.utf8("nobody")));
      assertThat(host.checkSplit().assertAccepted().keys()).isEmpty();
    }
  }

  @Test
  void keysAtWhichARegionCannotBeCutAreAFailure() throws Exception {
    Cutter cutter = new Cutter();
    try (FakeHost host = FakeHost.start(cutter, Map.of(), data)) {
      host.in(FakeRegion.between(Bytes.utf8("b"), Bytes.empty()));
      cutter.told.add(Bytes.utf8("b"));
      assertThat(host.checkSplit().assertFailed()).hasMessageContaining("split keys");
      cutter.told.clear();
      for (int i = 0; i <= SplitChecker.SPLIT_KEYS_MAX; i++) {
        cutter.told.add(Bytes.utf8("c%03d".formatted(i)));
      }
      assertThat(host.checkSplit().assertFailed()).hasMessageContaining("split keys");
      cutter.told.remove(0);
      assertThat(host.checkSplit().assertAccepted().keys()).hasSize(SplitChecker.SPLIT_KEYS_MAX);
    }
  }

  @Test
  void aCheckerCannotKeepTheContext() throws Exception {
    Cutter cutter = new Cutter();
    cutter.keepsContext = true;
    try (FakeHost host = FakeHost.start(cutter, Map.of(), data)) {
      host.apply(put("a1", "1"));
      assertThat(host.checkSplit().assertFailed()).hasMessageContaining("kept after its call");
    }
  }
}
