package dev.flotilla.kv;

import static dev.flotilla.raftstore.RaftCommands.REGION;
import static dev.flotilla.raftstore.RaftCommands.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.Chain;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.EndpointQuery;
import dev.flotilla.coprocessor.Registration;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.Endpoint;
import dev.flotilla.coprocessor.api.KeyRange;
import dev.flotilla.coprocessor.api.ObserverContext;
import dev.flotilla.coprocessor.api.QueryView;
import dev.flotilla.coprocessor.api.ReadObserver;
import dev.flotilla.coprocessor.api.ReadResult;
import dev.flotilla.coprocessor.api.RegionReader;
import dev.flotilla.engine.ValueCodec;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.kvrpcpb.RawCoprocessorRequest;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.SharedSnapshot;
import dev.flotilla.sim.SimClock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What endpoints may read, and for how long. */
class EndpointReadsTest {
  private static final long NOW = 1_700_000_000_000L;

  /** Keys from "b" on and before "d". */
  private static final Region PART =
      REGION.toBuilder().setStartKey(text("b")).setEndKey(text("d\0")).build();

  private interface Reading {
    void of(List<KeyRange> ranges, RegionReader reader);
  }

  private record Reads(Reading reading) implements Endpoint {
    @Override
    public Bytes query(
        ObserverContext context, List<KeyRange> ranges, Bytes request, RegionReader reader) {
      reading.of(ranges, reader);
      return request;
    }
  }

  private static final class Hides implements ReadObserver {
    @Override
    public void postRead(ObserverContext context, QueryView asked, ReadResult result) {
      for (int i = 0; i < result.size(); i++) {
        if (result.value(i) != null && result.value(i).toUtf8().equals("secret")) {
          result.hide(i);
        }
      }
    }
  }

  /** Most of an endpoint's time passes between two looks at it. */
  private static final class HurriedClock implements Clock {
    private long nanos;

    @Override
    public long nanos() {
      nanos += EndpointReads.SECONDS_MAX * 600_000_000;
      return nanos;
    }

    @Override
    public long unixMillis() {
      return NOW;
    }
  }

  private final SimEngine engine = SimEngine.kv();
  private final SimClock clock = new SimClock();
  private final CoprocessorHost host = CoprocessorHost.withBuiltIns();

  @BeforeEach
  void fill() {
    for (String key : List.of("a", "b", "c", "d", "e")) {
      put(key, "v", ValueCodec.NEVER);
    }
    put("bb", "gone", NOW - 1);
    put("cc", "secret", ValueCodec.NEVER);
  }

  private void put(String key, String value, long expiryMillis) {
    StoredPairs.put(engine, key, value, expiryMillis);
  }

  private void ask(boolean hidden, Reading reading) {
    ask(hidden, reading, clock);
  }

  private void ask(boolean hidden, Reading reading, Clock time) {
    ask(hidden, reading, time, "b", "");
  }

  private void ask(boolean hidden, Reading reading, Clock time, String start, String end) {
    List<Registration> plugins = new ArrayList<>();
    plugins.add(Registration.of("reads", "1.0.0", new Reads(reading)));
    if (hidden) {
      plugins.add(Registration.of("hides", "1.0.0", new Hides()));
    }
    host.publish(Chain.of(plugins));
    RegionSnapshot snapshot =
        new RegionSnapshot(new ReadGrant(new SharedSnapshot(engine.snapshot()), PART, 6, 0), NOW);
    Pairs observed =
        hidden
            ? new ObservedPairs(new SnapshotPairs(snapshot, 1 << 20), snapshot, host, 1 << 20)
            : null;
    EndpointQuery query =
        EndpointReads.query(
            RawCoprocessorRequest.newBuilder()
                .setCoprName("reads")
                .setData(text("said"))
                .addRanges(
                    dev.flotilla.proto.kvrpcpb.KeyRange.newBuilder()
                        .setStartKey(text(start))
                        .setEndKey(text(end)))
                .build(),
            PART);
    ByteString answer = host.query(PART, 6, query, new EndpointReads(snapshot, observed, time));
    assertThat(answer).isEqualTo(text("said"));
  }

  private static List<String> scanned(RegionReader reader, String start, String end) {
    List<String> keys = new ArrayList<>();
    reader.scan(
        new KeyRange(Bytes.utf8(start), Bytes.utf8(end)),
        (key, value) -> {
          return keys.add(key.toUtf8());
        });
    return keys;
  }

  private static @Nullable String got(RegionReader reader, String key) {
    Bytes value = reader.get(Bytes.utf8(key));
    return value == null ? null : value.toUtf8();
  }

  @Test
  void theyReadWhatLivesInTheRegion() {
    ask(
        false,
        (ranges, reader) -> {
          assertThat(ranges).containsExactly(new KeyRange(Bytes.utf8("b"), Bytes.utf8("d\0")));
          assertThat(scanned(reader, "", "")).containsExactly("b", "c", "cc", "d");
          assertThat(scanned(reader, "c", "d")).containsExactly("c", "cc");
          assertThat(scanned(reader, "d\0", "")).isEmpty();
          assertThat(scanned(reader, "x", "")).isEmpty();
          assertThat(got(reader, "cc")).isEqualTo("secret");
          assertThat(got(reader, "bb")).isNull();
          assertThat(got(reader, "ccc")).isNull();
        });
  }

  /** Else whoever asks an endpoint would see what plugins hide from him. */
  @Test
  void theyReadWhatObserversLetThemSee() {
    for (int i = 0; i < 40; i++) {
      put("c%02d".formatted(i), "v", ValueCodec.NEVER);
    }
    ask(
        true,
        (ranges, reader) -> {
          assertThat(scanned(reader, "", "")).hasSize(43).doesNotContain("cc").endsWith("d");
          assertThat(scanned(reader, "c2", "c3")).hasSize(10);
          assertThat(got(reader, "cc")).isNull();
          assertThat(got(reader, "c01")).isEqualTo("v");
        });
  }

  @Test
  void aScanStopsWhenItIsTold() {
    put("bstop", "v", ValueCodec.NEVER);
    ask(
        false,
        (ranges, reader) -> {
          List<String> keys = new ArrayList<>();
          reader.scan(ranges.get(0), (key, value) -> keys.add(key.toUtf8()) && keys.size() < 2);
          assertThat(keys).containsExactly("b", "bstop");
        });
  }

  @Test
  void aRangeThatBeginsElsewhereIsOfAnotherRegion() {
    assertThatThrownBy(() -> ask(false, (ranges, reader) -> {}, clock, "e", ""))
        .isInstanceOf(Refusal.KeyNotInRegion.class);
  }

  /** The client would ask again for ever, were it told that the key is elsewhere. */
  @Test
  void aKeyOfAnotherRegionIsTheirMistake() {
    assertThatThrownBy(() -> ask(false, (ranges, reader) -> reader.get(Bytes.utf8("e"))))
        .isInstanceOf(Refusal.Rejected.class)
        .hasMessageContaining("failed in query: IllegalArgumentException");
  }

  @Test
  void theirTimeIsLimited() {
    for (boolean hidden : List.of(false, true)) {
      assertThatThrownBy(
              () ->
                  ask(
                      hidden,
                      (ranges, reader) -> {
                        clock.advance(EndpointReads.SECONDS_MAX * 1000);
                        got(reader, "b");
                        clock.advance(1);
                        got(reader, "b");
                      }))
          .isInstanceOf(Refusal.Rejected.class)
          .hasMessageContaining("reads (QUOTA): the query took more than 10 s");
      assertThat(host.status())
          .filteredOn(status -> status.pluginId().equals("reads"))
          .singleElement()
          .satisfies(
              status -> {
                assertThat(status.rejections()).isEqualTo(1);
                assertThat(status.failures()).isZero();
              });
    }
  }

  @Test
  void aLongScanEndsWithTheirTime() {
    for (int i = 0; i < 100; i++) {
      put("c%02d".formatted(i), "v", ValueCodec.NEVER);
    }
    List<Bytes> seen = new ArrayList<>();
    assertThatThrownBy(
            () ->
                ask(
                    false,
                    (ranges, reader) ->
                        reader.scan(
                            ranges.get(0),
                            (key, value) -> {
                              clock.advance(EndpointReads.SECONDS_MAX * 500);
                              return seen.add(key);
                            })))
        .hasMessageContaining("took more than");
    assertThat(seen).as("the pair that has expired was looked at as well").hasSize(62);
  }

  /** Else one over a great many of them would go on and on. */
  @Test
  void aScanOfPairsThatAreNotShownEndsWithTheirTime() {
    for (int i = 0; i < 100; i++) {
      put("bb%02d".formatted(i), "gone", NOW - 1);
      put("c%02d".formatted(i), "secret", ValueCodec.NEVER);
    }
    List<String> shown = new ArrayList<>();
    for (String part : List.of("bb", "c")) {
      for (boolean hidden : part.equals("c") ? List.of(true) : List.of(false, true)) {
        assertThatThrownBy(
                () ->
                    ask(
                        hidden,
                        (ranges, reader) -> shown.addAll(scanned(reader, part, part + "98~")),
                        new HurriedClock()))
            .as("%s, hidden %s", part, hidden)
            .hasMessageContaining("took more than");
      }
    }
    assertThat(shown).isEmpty();
  }

  /** The data is closed behind them. */
  @Test
  void nothingIsReadAfterTheCall() {
    List<RegionReader> kept = new ArrayList<>();
    ask(false, (ranges, reader) -> kept.add(reader));
    assertThatThrownBy(() -> kept.get(0).get(Bytes.utf8("b")))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> scanned(kept.get(0), "", ""))
        .isInstanceOf(IllegalStateException.class);
  }
}
