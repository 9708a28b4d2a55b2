package dev.flotilla.raftstore.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.raft.Entry;
import dev.flotilla.raft.EntryBuffer;
import dev.flotilla.raft.EntryList;
import dev.flotilla.raft.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntryCacheTest {
  private static final Payload DATA = Payload.of(new byte[100]);
  private static final int ENTRY_BYTES = Entry.normal(6, 10, DATA).encodedSize();

  private final EntryCache cache = new EntryCache();

  /** Entries {@code [low, high]} of one term and one size. */
  private static EntryList entries(long term, long low, long high) {
    return EntryList.copyOf(
        LongStream.rangeClosed(low, high).mapToObj(i -> Entry.normal(term, i, DATA)).toList());
  }

  /** Terms of entries {@code [low, high]}. */
  private List<Long> terms(long low, long high) {
    return LongStream.rangeClosed(low, high).mapToObj(cache::term).toList();
  }

  @Test
  void emptyCacheBeginsAfterEveryEntry() {
    assertThat(cache.isEmpty()).isTrue();
    assertThat(cache.firstIndex()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void holdsWhatWasAppended() {
    cache.append(entries(6, 10, 40));
    cache.append(entries(7, 41, 60));
    assertThat(cache.firstIndex()).isEqualTo(10);
    assertThat(terms(10, 40)).containsOnly(6L);
    assertThat(terms(41, 60)).containsOnly(7L);
  }

  @ParameterizedTest
  @CsvSource({"15, 18, 10", "15, 30, 10", "10, 12, 10", "8, 9, 8", "3, 30, 3"})
  void appendReplacesEverythingFromItsFirstIndexOn(long low, long high, long first) {
    cache.append(entries(6, 10, 20));
    cache.append(entries(7, low, high));
    assertThat(cache.firstIndex()).isEqualTo(first);
    assertThat(terms(low, high)).containsOnly(7L);
    assertThat(terms(first, Math.max(first, low) - 1)).doesNotContain(7L);
    assertThatThrownBy(() -> cache.term(high + 1)).isInstanceOf(AssertionError.class);
    // Still in order for what comes next.
    cache.append(entries(7, high + 1, high + 1));
    assertThat(cache.term(high + 1)).isEqualTo(7);
  }

  @Test
  void cannotHaveHoles() {
    cache.append(entries(6, 10, 20));
    assertThatThrownBy(() -> cache.append(entries(6, 22, 22)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("hole");
  }

  @Test
  void evictsOldestBeyondItsNumber() {
    EntryList many =
        EntryList.copyOf(
            LongStream.range(10, 10 + EntryCache.ENTRIES_MAX + 5L)
                .mapToObj(i -> Entry.normal(6, i, Payload.EMPTY))
                .toList());
    cache.append(many);
    assertThat(cache.firstIndex()).isEqualTo(15);
    assertThat(cache.term(many.last().index())).isEqualTo(6);
    assertThatThrownBy(() -> cache.term(14)).isInstanceOf(AssertionError.class);
  }

  @Test
  void evictsOldestBeyondItsBytes() {
    Payload third = Payload.of(new byte[(int) (EntryCache.BYTES_MAX / 3)]);
    for (long index = 10; index < 13; index++) {
      cache.append(EntryList.of(Entry.normal(6, index, third)));
    }
    assertThat(cache.firstIndex()).as("three thirds and their headers").isEqualTo(11);
    cache.append(entries(6, 13, 13));
    assertThat(cache.firstIndex()).isEqualTo(11);
  }

  @Test
  void keepsTheNewestEntryHoweverLarge() {
    cache.append(entries(6, 10, 12));
    Payload huge = Payload.of(new byte[(int) EntryCache.BYTES_MAX + 1]);
    cache.append(EntryList.of(Entry.normal(6, 13, huge)));
    assertThat(cache.firstIndex()).isEqualTo(13);
    cache.append(entries(6, 14, 14));
    assertThat(cache.firstIndex()).isEqualTo(14);
  }

  @ParameterizedTest
  @CsvSource({"5, 10", "10, 10", "11, 11", "20, 20"})
  void compactionForgetsWhatIsBefore(long to, long first) {
    cache.append(entries(6, 10, 20));
    cache.compactTo(to);
    assertThat(cache.firstIndex()).isEqualTo(first);
    assertThat(terms(first, 20)).containsOnly(6L);
  }

  @Test
  void compactionOfEverythingLeavesItEmpty() {
    cache.append(entries(6, 10, 20));
    cache.compactTo(21);
    assertThat(cache.isEmpty()).isTrue();
    cache.append(entries(6, 21, 21));
    assertThat(cache.firstIndex()).isEqualTo(21);
  }

  @Test
  void clearedCacheStartsAnywhere() {
    cache.append(entries(6, 10, 20));
    cache.clear();
    assertThat(cache.isEmpty()).isTrue();
    cache.append(entries(7, 500, 501));
    assertThat(cache.firstIndex()).isEqualTo(500);
  }

  @Test
  void bytesOfWhatIsGoneNoLongerCount() {
    Payload half = Payload.of(new byte[(int) (EntryCache.BYTES_MAX / 2) - 100]);
    for (long index = 10; index < 30; index++) {
      // Each replaces the one before.
      cache.append(EntryList.of(Entry.normal(6, 10, half)));
    }
    cache.append(EntryList.of(Entry.normal(6, 11, half)));
    assertThat(cache.firstIndex()).as("both fit").isEqualTo(10);
    cache.compactTo(11);
    cache.append(EntryList.of(Entry.normal(6, 12, half)));
    assertThat(cache.firstIndex()).isEqualTo(11);
  }

  @Test
  void stepsAroundTheRing() {
    for (long index = 10; index < 2000; index++) {
      cache.append(entries(6, index, index));
      cache.compactTo(index - 13);
    }
    assertThat(cache.firstIndex()).isEqualTo(1986);
    assertThat(copied(1986, 2000, Long.MAX_VALUE, 0, new EntryBuffer()))
        .containsExactlyElementsOf(LongStream.range(1986, 2000).boxed().toList());
  }

  private List<Long> copied(long low, long high, long bytesMax, long used, EntryBuffer out) {
    cache.copyTo(low, high, bytesMax, used, out);
    List<Long> indexes = new ArrayList<>();
    for (int i = 0; i < out.size(); i++) {
      indexes.add(out.get(i).index());
    }
    return indexes;
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 1", "1, 0, 1", "2, -1, 1", "2, 0, 2", "2, 1, 2", "3, -1, 2", "9, 0, 5"})
  void copiesTheFirstEntryAndWhatElseFits(int entriesThatFit, int bytesMore, int copied) {
    cache.append(entries(6, 10, 14));
    long bytesMax = (long) entriesThatFit * ENTRY_BYTES + bytesMore;
    assertThat(copied(10, 15, bytesMax, 0, new EntryBuffer())).hasSize(copied);
  }

  @Test
  void theFirstOfAllIsNotTheFirstFromHere() {
    cache.append(entries(6, 10, 14));
    EntryBuffer out = new EntryBuffer();
    out.add(Entry.normal(6, 9, DATA));
    assertThat(copied(10, 15, 2L * ENTRY_BYTES, ENTRY_BYTES, out)).containsExactly(9L, 10L);
    out.drain();
    out.add(Entry.normal(6, 9, DATA));
    assertThat(copied(10, 15, ENTRY_BYTES, ENTRY_BYTES, out)).containsExactly(9L);
  }

  @Test
  void copiesOnlyWhatIsHeld() {
    cache.append(entries(6, 10, 14));
    assertThatThrownBy(() -> copied(9, 11, Long.MAX_VALUE, 0, new EntryBuffer()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("is not in the cache");
  }
}
