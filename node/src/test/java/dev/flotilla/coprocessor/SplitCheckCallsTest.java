package dev.flotilla.coprocessor;

import static dev.flotilla.coprocessor.Commands.REGION;
import static dev.flotilla.coprocessor.Commands.hostOf;
import static dev.flotilla.coprocessor.Commands.statusOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.ObserverContext;
import dev.flotilla.coprocessor.api.SplitCheckObserver;
import dev.flotilla.coprocessor.api.SplitChecker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SplitCheckCallsTest {

  /** Wants what it is told to, and fails where it is told to. */
  private static final class Cutter implements SplitCheckObserver, SplitChecker {
    final List<String> shown = new ArrayList<>();
    private final List<Bytes> cuts;
    private String lastWanted = "";
    private String failsAt = "";
    private boolean bypasses;
    int asked;

    Cutter(String... cuts) {
      this.cuts = Arrays.stream(cuts).map(Bytes::utf8).toList();
    }

    Cutter upTo(String key) {
      lastWanted = key;
      return this;
    }

    Cutter failsAt(String place) {
      failsAt = place;
      return this;
    }

    Cutter bypasses() {
      bypasses = true;
      return this;
    }

    private void reach(String place) {
      if (place.equals(failsAt)) {
        throw new IllegalStateException("told to fail");
      }
    }

    @Override
    public @Nullable SplitChecker splitChecker(ObserverContext context) {
      reach("start");
      if (bypasses) {
        context.bypass();
      }
      return failsAt.equals("null") ? null : this;
    }

    @Override
    public boolean onKey(Bytes key, long bytes) {
      reach(key.toUtf8());
      shown.add(key.toUtf8());
      return !key.toUtf8().equals(lastWanted);
    }

    @Override
    public List<Bytes> splitKeys() {
      asked++;
      reach("end");
      return cuts;
    }
  }

  /** Shows c, d, e and so on as long as anybody looks; where to cut then. */
  private static List<String> cuts(CoprocessorHost host) {
    try (SplitCheckCalls calls = host.splitCheck(REGION, 6)) {
      if (calls == null) {
        return List.of("nobody");
      }
      boolean goesOn = true;
      for (char key = 'c'; key < 'h' && goesOn; key++) {
        goesOn = calls.onKey(Bytes.utf8(String.valueOf(key)), 9);
      }
      return calls.splitKeys().stream().map(ByteString::toStringUtf8).toList();
    }
  }

  private static long failures(CoprocessorHost host, String plugin) {
    return statusOf(host, plugin).failures();
  }

  @Test
  void theFirstThatNamesKeysDecides() {
    Cutter silent = new Cutter();
    Cutter first = new Cutter("d", "e");
    Cutter second = new Cutter("f");
    CoprocessorHost host = hostOf(silent, first, second);

    assertThat(cuts(host)).containsExactly("d", "e");
    assertThat(second.shown).containsExactly("c", "d", "e", "f", "g");
    assertThat(List.of(silent.asked, first.asked, second.asked)).containsExactly(1, 1, 0);
    assertThat(statusOf(host, "p1").calls()).isEqualTo(1);
    assertThat(statusOf(host, "p1").hooks()).containsExactly("splitChecker");
  }

  @Test
  void endsWhenNobodyWantsToSeeMore() {
    Cutter one = new Cutter().upTo("c");
    Cutter other = new Cutter("d").upTo("e");

    assertThat(cuts(hostOf(one, other))).containsExactly("d");
    assertThat(one.shown).containsExactly("c");
    assertThat(other.shown).containsExactly("c", "d", "e");
  }

  @Test
  void nothingIsReadWhenNobodyWantsToSeeIt() {
    CoprocessorHost host = hostOf(new Cutter().failsAt("null"), new Cutter().failsAt("start"));
    assertThat(cuts(host)).containsExactly("nobody");
    assertThat(failures(host, "p0")).isZero();
    assertThat(failures(host, "p1")).isEqualTo(1);
    assertThat(host.publish(Chain.of(List.of())).isUnused()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"start, ''", "c, ''", "e, cd", "end, cdefg"})
  void oneThatFailsIsLeftOut(String place, String shown) {
    Cutter failing = new Cutter("d").failsAt(place);
    CoprocessorHost host = hostOf(failing, new Cutter("f"));

    assertThat(cuts(host)).containsExactly("f");
    assertThat(String.join("", failing.shown)).isEqualTo(shown);
    assertThat(failures(host, "p0")).isEqualTo(1);
    assertThat(statusOf(host, "p0").reason()).contains("splitChecker", "told to fail");
  }

  /** The region is of keys from b on and before y. */
  @Test
  void keysThatAreNoneAreAFailure() {
    List<Cutter> wrong =
        List.of(
            new Cutter("a"),
            new Cutter("b"),
            new Cutter("y"),
            new Cutter(""),
            new Cutter("d", "d"),
            new Cutter("e", "d"),
            new Cutter("d", "z"),
            new Cutter("d".repeat(1 << 17)),
            new Cutter(names(SplitChecker.SPLIT_KEYS_MAX + 1)));
    for (Cutter cutter : wrong) {
      CoprocessorHost host = hostOf(cutter, new Cutter("f"));
      assertThat(cuts(host)).containsExactly("f");
      assertThat(failures(host, "p0")).isEqualTo(1);
    }
    assertThat(cuts(hostOf(new Cutter(names(SplitChecker.SPLIT_KEYS_MAX)))))
        .hasSize(SplitChecker.SPLIT_KEYS_MAX);
  }

  private static String[] names(int count) {
    return IntStream.range(0, count).mapToObj("c%03d"::formatted).toArray(String[]::new);
  }

  /** Its code is the plugin's, too. */
  @Test
  void aListMayHaveNoEndOrNotBeOne() {
    SplitCheckObserver endless = with(Collections.nCopies(Integer.MAX_VALUE, Bytes.utf8("d")));
    SplitCheckObserver hole = with(Arrays.asList(Bytes.utf8("d"), null));
    SplitCheckObserver none = with(null);
    CoprocessorHost host = hostOf(endless, hole, none, new Cutter("f"));
    assertThat(cuts(host)).containsExactly("f");
    assertThat(failures(host, "p0")).isEqualTo(1);
    assertThat(failures(host, "p1")).isEqualTo(1);
    assertThat(failures(host, "p2")).isEqualTo(1);
  }

  private static SplitCheckObserver with(@Nullable List<Bytes> keys) {
    return new SplitCheckObserver() {
      @Override
      public SplitChecker splitChecker(ObserverContext context) {
        return new SplitChecker() {
          @Override
          public boolean onKey(Bytes key, long bytes) {
            return false;
          }

          @Override
          @SuppressWarnings("NullAway") // plugins are not checked for it
          public List<Bytes> splitKeys() {
            return keys;
          }
        };
      }
    };
  }

  @Test
  void oneMayKeepThoseAfterItFromLooking() {
    Cutter skipped = new Cutter("f");
    assertThat(cuts(hostOf(new Cutter().bypasses(), skipped))).isEmpty();
    assertThat(skipped.shown).isEmpty();
  }

  /** A plugin is not stopped while it looks at keys. */
  @Test
  void isACallOfTheChainUntilItIsClosed() {
    CoprocessorHost host = hostOf(new Cutter());
    Chain before;
    try (SplitCheckCalls calls = host.splitCheck(REGION, 6)) {
      assertThat(calls).isNotNull();
      before = host.publish(Chain.of(List.of()));
      assertThat(before.isUnused()).isFalse();
    }
    assertThat(before.isUnused()).isTrue();
  }

  @Test
  void whatTheProcessMayNotSurviveGoesOn() {
    SplitCheckObserver doomed =
        new SplitCheckObserver() {
          @Override
          public SplitChecker splitChecker(ObserverContext context) {
            throw new OutOfMemoryError("told to");
          }
        };
    CoprocessorHost host = hostOf(new Cutter(), doomed);
    assertThatThrownBy(() -> cuts(host)).isInstanceOf(OutOfMemoryError.class);
    assertThat(host.publish(Chain.of(List.of())).isUnused()).isTrue();
  }
}
