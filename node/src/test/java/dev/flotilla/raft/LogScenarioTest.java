package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Items 194 to 213 of SCENARIOS.md: the log, its unstable tail, storage, messages and sizes. */
class LogScenarioTest {
  private static RaftLog log(MemStorage disk) {
    return new RaftLog(disk, RaftConfig.NO_LIMIT, new LogTrace(RaftLogger.NONE));
  }

  private static RaftLog log(long... terms) {
    RaftLog log = log(new MemStorage());
    if (terms.length > 0) {
      log.append(Wire.entries(1, terms));
    }
    return log;
  }

  private static RaftLog stableLog(long limit, long... terms) {
    MemStorage disk = new MemStorage();
    disk.append(Wire.entries(1, terms));
    return new RaftLog(disk, limit, new LogTrace(RaftLogger.NONE));
  }

  private static EntryList slice(RaftLog log, long low, long high, long bytes) {
    @Nullable EntryList entries = log.slice(low, high, bytes);
    assertThat(entries).isNotNull();
    return entries == null ? EntryList.EMPTY : entries;
  }

  @ParameterizedTest
  @CsvSource({
    // previous term and index, first new index, its terms, last verified, conflict?
    "0, 0, 1 2 3, 3, false",
    "1, 1, 2 3, 3, false",
    "0, 0, 1, 1, false",
    "1, 1, 2, 2, false",
    "2, 2, 3 4 4, 5, false",
    "3, 3, 4 4, 5, false",
    "0, 0, 4 4, 2, true",
    "1, 1, 1 4 4, 4, true",
    "2, 2, 1 2 4 4, 6, true"
  })
  void findConflict(long prevTerm, long prev, String terms, long verified, boolean conflict) {
    RaftLog log = log(1, 2, 3);
    long[] more = Arrays.stream(terms.split(" ", -1)).mapToLong(Long::parseLong).toArray();
    assertThat(log.maybeAppend(prevTerm, prev, Wire.entries(prev + 1, more), 0))
        .isEqualTo(verified);
    // Only a conflict cuts what is there.
    assertThat(log.lastIndex()).isEqualTo(conflict ? verified : Math.max(3, verified));
    assertThat(log.lastTerm()).isEqualTo(conflict || verified > 3 ? more[more.length - 1] : 3);
  }

  @ParameterizedTest
  @CsvSource({
    "100, 2, 100",
    "5, 6, 5",
    "5, 5, 5",
    "5, 4, 2",
    "5, 2, 2",
    "5, 1, 0",
    "1, 2, 1",
    "1, 1, 0",
    "0, 0, 0",
    "6, 5, 6"
  })
  void findConflictByTerm(long index, long term, long expected) {
    assertThat(log(2, 2, 5, 5, 5).findConflictByTerm(index, term)).isEqualTo(expected);
  }

  @Test
  void hintsStopWhereTheLogIsCompacted() {
    RaftLog log = log(snapshotDisk(10, 5));
    log.append(Wire.entries(11, 6, 6));
    assertThat(log.findConflictByTerm(12, 5)).isEqualTo(10);
    assertThat(log.findConflictByTerm(12, 4)).isEqualTo(9);
    assertThat(log.termOrZero(9)).isZero();
  }

  @Test
  void whatIsThereIsNotWrittenAgain() {
    RaftLog log = stableLog(RaftConfig.NO_LIMIT, 1, 1, 1);
    log.maybeAppend(1, 1, Wire.entries(2, 1, 1, 1), 0);
    assertThat(log.nextUnstable()).isEqualTo(Wire.entries(4, 1));
  }

  private static MemStorage snapshotDisk(long index, long term) {
    MemStorage disk = new MemStorage();
    disk.applySnapshot(Wire.snapshotAt(index, term, 1));
    return disk;
  }

  @ParameterizedTest
  @CsvSource({
    "2, 4, true",
    "3, 4, true",
    "4, 4, true",
    "2, 2, false",
    "3, 2, false",
    "4, 2, false",
    "2, 3, false",
    "3, 3, true",
    "4, 3, true"
  })
  void isUpToDate(long index, long term, boolean expected) {
    assertThat(log(1, 2, 3).isUpToDate(term, index)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"3, 0, 2, 3", "3, 2, 3, 3", "1, 2, 1, 1", "2, 3 3, 3, 2"})
  void append(long from, String terms, long last, long offset) {
    RaftLog log = stableLog(RaftConfig.NO_LIMIT, 1, 2);
    if (!terms.equals("0")) {
      log.append(
          Wire.entries(
              from, Arrays.stream(terms.split(" ", -1)).mapToLong(Long::parseLong).toArray()));
    } else {
      log.append(EntryList.EMPTY);
    }
    assertThat(log.lastIndex()).isEqualTo(last);
    assertThat(log.unstable().offset()).isEqualTo(offset);
  }

  @ParameterizedTest
  @CsvSource({
    // previous term and index, leader's commit, entries at which index, result, last, commit
    "2, 3, 3, 0, -1, 3, 1", "3, 4, 3, 1, -1, 3, 1", "3, 3, 3, 0, 3, 3, 3", "3, 3, 4, 0, 3, 3, 3",
    "3, 3, 2, 0, 3, 3, 2", "3, 3, 0, 0, 3, 3, 1", "0, 0, 3, 0, 0, 3, 1", "3, 3, 3, 1, 4, 4, 3",
    "3, 3, 4, 1, 4, 4, 4", "3, 3, 5, 1, 4, 4, 4", "3, 3, 5, 2, 5, 5, 5", "2, 2, 3, 1, 3, 3, 3",
    "1, 1, 3, 1, 2, 2, 2"
  })
  void logMaybeAppend(
      long prevTerm, long prev, long commit, int count, long result, long last, long committed) {
    RaftLog log = log(1, 2, 3);
    log.commitTo(1);
    EntryList entries =
        count == 0
            ? EntryList.EMPTY
            : count == 1 ? Wire.entries(prev + 1, 4) : Wire.entries(prev + 1, 4, 4);
    assertThat(log.maybeAppend(prevTerm, prev, entries, commit)).isEqualTo(result);
    assertThat(log.lastIndex()).isEqualTo(last);
    assertThat(log.committed()).isEqualTo(committed);
    // Never below what is committed.
    RaftLog full = log(1, 2, 3);
    full.commitTo(3);
    assertThatThrownBy(() -> full.maybeAppend(1, 1, Wire.entries(2, 4), 3))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void compactionSideEffects() {
    MemStorage disk = new MemStorage();
    long[] terms = new long[750];
    Arrays.setAll(terms, i -> i + 1);
    disk.append(Wire.entries(1, terms));
    RaftLog log = log(disk);
    for (int i = 750; i < 1000; i++) {
      log.append(Wire.entry(i + 1, i + 1));
    }
    log.commitTo(1000);
    log.appliedTo(1000, 0);
    disk.compact(500);
    assertThat(log.lastIndex()).isEqualTo(1000);
    for (long i = 500; i <= 1000; i++) {
      assertThat(log.term(i)).isEqualTo(i);
      assertThat(log.matches(i, i)).isTrue();
    }
    assertThat(log.nextUnstable().size()).isEqualTo(250);
    assertThat(log.nextUnstable().first().index()).isEqualTo(751);
    log.append(Wire.entry(1000, 1001));
    assertThat(log.lastIndex()).isEqualTo(1001);
    assertThat(slice(log, 501, 1002, RaftConfig.NO_LIMIT).size()).isEqualTo(501);
  }

  @Test
  void nextEnts() {
    RaftLog log = log(snapshotDisk(3, 1));
    log.append(Wire.entries(4, 1, 1, 1));
    log.commitTo(5);
    assertThat(log.hasNextCommitted(true)).isTrue();
    // 4 and 5 are not durable.
    assertThat(log.hasNextCommitted(false)).isFalse();
    assertThat(log.nextCommitted(false).isEmpty()).isTrue();
    assertThat(log.nextCommitted(true)).isEqualTo(Wire.entries(4, 1, 1));
    log.acceptApplying(5, 0, true);
    assertThat(log.hasNextCommitted(true)).isFalse();
    log.appliedTo(5, 0);
    assertThat(log.applied()).isEqualTo(5);
    assertThatThrownBy(() -> log.appliedTo(4, 0)).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> log.appliedTo(6, 0)).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> log.acceptApplying(6, 0, true)).isInstanceOf(AssertionError.class);
    // Not before a snapshot is installed.
    log.commitTo(6);
    assertThat(log.hasNextCommitted(true)).isTrue();
    log.unstable().restore(Wire.snapshotAt(4, 1, 1));
    assertThat(log.hasNextCommitted(true)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"3, 99, true", "5, 99, false", "5, 100, true", "4, 0, true", "5, 101, true"})
  void acceptApplying(long index, long bytes, boolean paused) {
    RaftLog log = new RaftLog(snapshotDisk(3, 1), 100, new LogTrace(RaftLogger.NONE));
    log.append(Wire.entries(4, 1, 1, 1));
    log.commitTo(5);
    log.acceptApplying(index, bytes, true);
    log.commitTo(6);
    // A page that was cut, or a limit that is reached: wait until something is applied.
    assertThat(log.hasNextCommitted(true)).isEqualTo(!paused);
    log.appliedTo(index, bytes);
    assertThat(log.hasNextCommitted(true)).isTrue();
  }

  @Test
  void applyingStaysPausedAtItsLimit() {
    RaftLog log = new RaftLog(snapshotDisk(3, 1), 100, new LogTrace(RaftLogger.NONE));
    log.append(Wire.entries(4, 1, 1, 1));
    log.commitTo(5);
    log.acceptApplying(5, 150, true);
    log.commitTo(6);
    log.appliedTo(4, 50);
    assertThat(log.hasNextCommitted(true)).isFalse();
    log.appliedTo(5, 1);
    assertThat(log.hasNextCommitted(true)).isTrue();
  }

  @Test
  void unstableEnts() {
    RaftLog log = stableLog(RaftConfig.NO_LIMIT, 1);
    assertThat(log.nextUnstable().isEmpty()).isTrue();
    log.append(Wire.entries(2, 2, 2));
    assertThat(log.nextUnstable()).isEqualTo(Wire.entries(2, 2, 2));
    log.unstable().acceptInProgress();
    assertThat(log.nextUnstable().isEmpty()).isTrue();
    log.append(Wire.entry(2, 4));
    assertThat(log.nextUnstable()).isEqualTo(Wire.entries(4, 2));
    log.unstable().stableTo(2, 4);
    assertThat(log.unstable().offset()).isEqualTo(5);
    assertThat(log.unstable().size()).isZero();
  }

  @Test
  void commitTo() {
    RaftLog log = log(1, 2, 3);
    log.commitTo(2);
    log.commitTo(1);
    assertThat(log.committed()).isEqualTo(2);
    log.commitTo(3);
    assertThat(log.committed()).isEqualTo(3);
    assertThatThrownBy(() -> log.commitTo(4)).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> log.loadCommit(2)).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> log.loadCommit(4)).isInstanceOf(AssertionError.class);
    log.loadCommit(3);
    assertThat(log.committed()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 2", "2, 2, 3", "2, 1, 1", "3, 1, 1"})
  void stableTo(long index, long term, long offset) {
    RaftLog log = log(1, 2);
    log.unstable().stableTo(term, index);
    assertThat(log.unstable().offset()).isEqualTo(offset);
  }

  @ParameterizedTest
  @CsvSource({"6, 1, 6", "5, 2, 6", "6, 2, 7", "6, 3, 6", "4, 2, 6", "7, 2, 8"})
  void stableToWithSnap(long index, long term, long offset) {
    RaftLog log = log(snapshotDisk(5, 2));
    log.append(Wire.entries(6, 2, 2));
    log.unstable().stableTo(term, index);
    assertThat(log.unstable().offset()).isEqualTo(offset);
    Unstable tail = new Unstable(1, new LogTrace(RaftLogger.NONE));
    tail.restore(Wire.snapshotAt(5, 2, 1));
    tail.stableTo(2, 5);
    assertThat(tail.offset()).isEqualTo(6);
    tail.stableSnapshotTo(4);
    assertThat(tail.snapshot()).isNotNull();
    tail.stableSnapshotTo(5);
    assertThat(tail.snapshot()).isNull();
  }

  @Test
  void compaction() {
    MemStorage disk = new MemStorage();
    disk.append(Wire.entries(1, 1, 1, 1, 1, 1));
    RaftLog log = log(disk);
    assertThat(disk.compact(3)).isTrue();
    assertThat(log.firstIndex()).isEqualTo(4);
    assertThat(disk.compact(3)).isFalse();
    assertThatThrownBy(() -> disk.compact(6)).isInstanceOf(AssertionError.class);
    assertThat(log.slice(3, 6, RaftConfig.NO_LIMIT)).isNull();
  }

  @Test
  void logRestore() {
    RaftLog log = log(snapshotDisk(1000, 1000));
    assertThat(log.firstIndex()).isEqualTo(1001);
    assertThat(log.committed()).isEqualTo(1000);
    assertThat(log.applied()).isEqualTo(1000);
    assertThat(log.unstable().offset()).isEqualTo(1001);
    assertThat(log.term(1000)).isEqualTo(1000);
  }

  @Test
  void restoreSnap() {
    RaftLog log = log(1, 1);
    log.restore(Wire.snapshotAt(9, 3, 1));
    assertThat(log.committed()).isEqualTo(9);
    assertThat(log.firstIndex()).isEqualTo(10);
    assertThat(log.lastIndex()).isEqualTo(9);
    assertThat(log.lastTerm()).isEqualTo(3);
    assertThat(log.snapshot(0, 2)).isEqualTo(Wire.snapshotAt(9, 3, 1));
    assertThat(log)
        .hasToString(
            "committed=9, applied=0, applying=0, unstable.offset=10, unstable.offsetInProgress=10,"
                + " len(unstable.Entries)=0");
  }

  @Test
  void isOutofbounds() {
    RaftLog log = log(snapshotDisk(100, 1));
    log.append(Wire.entries(101, 1, 1, 1));
    assertThat(log.slice(99, 102, RaftConfig.NO_LIMIT)).isNull();
    assertThat(log.slice(100, 101, RaftConfig.NO_LIMIT)).isNull();
    assertThat(slice(log, 101, 101, RaftConfig.NO_LIMIT).isEmpty()).isTrue();
    assertThat(slice(log, 104, 104, RaftConfig.NO_LIMIT).isEmpty()).isTrue();
    assertThatThrownBy(() -> log.slice(101, 105, 1)).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> log.slice(103, 102, 1)).isInstanceOf(AssertionError.class);
  }

  @Test
  void term() {
    RaftLog log = log(snapshotDisk(100, 7));
    log.append(Wire.entries(101, 8, 9));
    assertThat(log.term(98)).isEqualTo(RaftStorage.TERM_COMPACTED);
    assertThat(log.term(99)).isEqualTo(RaftStorage.TERM_COMPACTED);
    assertThat(log.term(100)).isEqualTo(7);
    assertThat(log.term(102)).isEqualTo(9);
    assertThat(log.term(103)).isEqualTo(RaftStorage.TERM_UNAVAILABLE);
  }

  @Test
  void termWithUnstableSnapshot() {
    RaftLog log = log(snapshotDisk(100, 1));
    log.restore(Wire.snapshotAt(105, 2, 1));
    assertThat(log.term(100)).isEqualTo(RaftStorage.TERM_COMPACTED);
    assertThat(log.term(104)).isEqualTo(RaftStorage.TERM_COMPACTED);
    assertThat(log.term(105)).isEqualTo(2);
    assertThat(log.term(106)).isEqualTo(RaftStorage.TERM_UNAVAILABLE);
  }

  @Test
  void sliceOverTheSeam() {
    int size = Wire.entry(1, 1).encodedSize();
    for (int stable = 0; stable <= 6; stable++) {
      for (int low = 1; low <= 6; low++) {
        for (int high = low; high <= 7; high++) {
          for (int fit = 0; fit <= 7; fit++) {
            MemStorage disk = new MemStorage();
            disk.append(Wire.entries(1, 1, 1, 1, 1, 1, 1).slice(0, stable));
            RaftLog log = log(disk);
            if (stable < 6) {
              log.append(Wire.entries(1, 1, 1, 1, 1, 1, 1).slice(stable, 6));
            }
            int expected = Math.min(high - low, Math.max(fit, 1));
            for (int again = 0; again < 2; again++) {
              EntryList found = slice(log, low, high, (long) fit * size);
              assertThat(found.size()).isEqualTo(expected);
              assertThat(found.isEmpty() || found.first().index() == low).isTrue();
            }
          }
        }
      }
    }
  }

  @Test
  void scan() {
    RaftLog log = stableLog(1, 1, 1, 1);
    Payload data = new TextConfChangeCodec().encode(ConfChange.V2.LEAVE_JOINT);
    log.append(new Entry(1, 4, EntryType.CONF_CHANGE_V2, data, Payload.EMPTY));
    log.append(Wire.entry(1, 5));
    // Page by page.
    assertThat(log.hasConfChange(1, 6, 1)).isTrue();
    assertThat(log.hasConfChange(4, 5, 1)).isTrue();
    assertThat(log.hasConfChange(1, 4, 1)).isFalse();
    assertThat(log.hasConfChange(5, 6, 1)).isFalse();
    assertThat(log.hasConfChange(4, 4, 1)).isFalse();
    // The limit of a page is the only limit: a long log is never read at once.
    List<Long> limits = new ArrayList<>();
    MemStorage disk =
        new MemStorage() {
          @Override
          public Fetch entries(long low, long high, long bytesMax, EntryBuffer out) {
            limits.add(bytesMax);
            return super.entries(low, high, bytesMax, out);
          }
        };
    disk.append(Wire.entries(1, 1, 1, 1));
    assertThat(log(disk).hasConfChange(1, 4, 2)).isFalse();
    assertThat(limits).containsExactly(2L, 2L, 2L);
    RaftLog gone = log(snapshotDisk(9, 1));
    gone.append(Wire.entry(1, 10));
    assertThatThrownBy(() -> gone.hasConfChange(9, 11, 1)).isInstanceOf(AssertionError.class);
  }

  private static Unstable tail() {
    Unstable tail = new Unstable(5, new LogTrace(RaftLogger.NONE));
    tail.truncateAndAppend(Wire.entries(5, 1, 1, 1));
    return tail;
  }

  @Test
  void unstableLastIndexAndTerm() {
    Unstable tail = new Unstable(5, new LogTrace(RaftLogger.NONE));
    assertThat(tail.lastIndex()).isEqualTo(-1);
    assertThat(tail.term(5)).isEqualTo(-1);
    tail.restore(Wire.snapshotAt(9, 3, 1));
    assertThat(tail.lastIndex()).isEqualTo(9);
    assertThat(tail.term(9)).isEqualTo(3);
    assertThat(tail.term(8)).isEqualTo(-1);
    tail.append(Wire.entry(4, 10));
    assertThat(tail.lastIndex()).isEqualTo(10);
    assertThat(tail.term(10)).isEqualTo(4);
    assertThat(tail.term(11)).isEqualTo(-1);
    assertThatThrownBy(() -> tail.slice(9, 10)).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> tail.slice(10, 12)).isInstanceOf(AssertionError.class);
  }

  @ParameterizedTest
  @CsvSource({
    // first index, count, offset then, last index, in progress then
    "8, 1, 5, 8, 8",
    "5, 2, 5, 6, 5",
    "4, 4, 4, 7, 4",
    "6, 1, 5, 6, 6",
    "7, 2, 5, 8, 7"
  })
  void truncateAndAppend(long from, int count, long offset, long last, long inProgress) {
    Unstable tail = tail();
    final EntryList given = tail.slice(5, 8);
    tail.acceptInProgress();
    assertThat(tail.offsetInProgress()).isEqualTo(8);
    tail.truncateAndAppend(count == 1 ? Wire.entries(from, 2) : more(from, count));
    assertThat(tail.offset()).isEqualTo(offset);
    assertThat(tail.lastIndex()).isEqualTo(last);
    assertThat(tail.offsetInProgress()).isEqualTo(inProgress);
    assertThat(tail.term(from)).isEqualTo(2);
    if (from > 5) {
      assertThat(tail.term(from - 1)).isEqualTo(1);
    }
    assertThat(given).isEqualTo(Wire.entries(5, 1, 1, 1));
    tail.append(Wire.entry(3, last + 1));
    assertThat(given).isEqualTo(Wire.entries(5, 1, 1, 1));
    assertThat(tail.slice(last + 1, last + 2)).isEqualTo(Wire.entries(last + 1, 3));
  }

  private static EntryList more(long from, int count) {
    long[] terms = new long[count];
    Arrays.fill(terms, 2);
    return Wire.entries(from, terms);
  }

  @Test
  void tailGrowsByWhatIsAppended() {
    Unstable tail = new Unstable(5, new LogTrace(RaftLogger.NONE));
    tail.append(Wire.entry(1, 5));
    tail.truncateAndAppend(more(6, 9));
    assertThat(tail.lastIndex()).isEqualTo(14);
    assertThat(tail.slice(13, 15)).isEqualTo(more(13, 2));
    assertThat(tail.slice(6, 6).isEmpty()).isTrue();
  }

  @Test
  void viewsSurviveASnapshot() {
    Unstable tail = new Unstable(5, new LogTrace(RaftLogger.NONE));
    tail.append(Wire.entry(1, 5));
    final EntryList given = tail.slice(5, 6);
    tail.restore(Wire.snapshotAt(5, 2, 1));
    tail.append(Wire.entry(2, 6));
    assertThat(given).isEqualTo(Wire.entries(5, 1));
    // Nor does a log answer from what it had before.
    RaftLog log = log(1, 1, 1);
    log.restore(Wire.snapshotAt(1, 2, 1));
    log.append(Wire.entry(2, 2));
    log.append(Wire.entry(2, 3));
    log.append(Wire.entry(2, 4));
    assertThat(slice(log, 2, 4, RaftConfig.NO_LIMIT)).isEqualTo(Wire.entries(2, 2, 2));
    RaftLog same = log(1);
    same.append(Wire.entries(2, 1, 1));
    same.restore(Wire.snapshotAt(1, 2, 1));
    same.append(Wire.entry(2, 2));
    same.append(Wire.entry(2, 3));
    assertThat(slice(same, 2, 4, RaftConfig.NO_LIMIT)).isEqualTo(Wire.entries(2, 2, 2));
  }

  @Test
  void unstableNextSnapshot() {
    Unstable tail = tail();
    assertThat(tail.nextSnapshot()).isNull();
    tail.restore(Wire.snapshotAt(9, 3, 1));
    assertThat(tail.nextSnapshot()).isNotNull();
    assertThat(tail.hasNextEntries()).isFalse();
    tail.acceptInProgress();
    assertThat(tail.nextSnapshot()).isNull();
    assertThat(tail.snapshot()).isNotNull();
    // A second one while the first is being installed.
    tail.restore(Wire.snapshotAt(12, 3, 1));
    assertThat(tail.nextSnapshot()).isNotNull();
  }

  @Test
  void memStorage() {
    MemStorage disk = snapshotDisk(3, 3);
    disk.append(Wire.entries(4, 4, 5));
    assertThat(disk.term(2)).isEqualTo(RaftStorage.TERM_COMPACTED);
    assertThat(disk.term(3)).isEqualTo(3);
    assertThat(disk.term(5)).isEqualTo(5);
    assertThat(disk.term(6)).isEqualTo(RaftStorage.TERM_UNAVAILABLE);
    assertThat(disk.firstIndex()).isEqualTo(4);
    assertThat(disk.lastIndex()).isEqualTo(5);
    EntryBuffer out = new EntryBuffer();
    assertThat(disk.entries(3, 4, 1, out)).isEqualTo(RaftStorage.Fetch.COMPACTED);
    assertThat(disk.entries(4, 7, 1, out)).isEqualTo(RaftStorage.Fetch.UNAVAILABLE);
    assertThat(out.isEmpty()).isTrue();
    assertThat(disk.entries(4, 6, 1, out)).isEqualTo(RaftStorage.Fetch.OK);
    assertThat(out.drain()).isEqualTo(Wire.entries(4, 4));
    // Overlapping, truncating, with a gap.
    disk.append(Wire.entries(3, 3, 6));
    assertThat(disk.lastIndex()).isEqualTo(4);
    assertThat(disk.term(4)).isEqualTo(6);
    assertThatThrownBy(() -> disk.append(Wire.entries(7, 7))).isInstanceOf(AssertionError.class);
    disk.createSnapshot(4, ConfState.ofVoters(1));
    assertThat(disk.snapshot(0, 0)).isEqualTo(Wire.snapshotAt(4, 6, 1));
  }

  @Test
  void isLocalMsg() {
    List<MsgType> local = new ArrayList<>();
    List<MsgType> responses = new ArrayList<>();
    for (MsgType type : MsgType.values()) {
      assertThat(MsgType.ofNumber(type.number())).isEqualTo(type);
      if (type.isLocal()) {
        local.add(type);
      }
      if (type.isResponse()) {
        responses.add(type);
      }
    }
    assertThat(local)
        .containsExactly(
            MsgType.HUP,
            MsgType.BEAT,
            MsgType.UNREACHABLE,
            MsgType.SNAPSHOT_STATUS,
            MsgType.CHECK_QUORUM,
            MsgType.STORAGE_APPEND,
            MsgType.STORAGE_APPEND_RESPONSE,
            MsgType.STORAGE_APPLY,
            MsgType.STORAGE_APPLY_RESPONSE);
    assertThat(responses)
        .containsExactly(
            MsgType.APPEND_RESPONSE,
            MsgType.VOTE_RESPONSE,
            MsgType.HEARTBEAT_RESPONSE,
            MsgType.UNREACHABLE,
            MsgType.READ_INDEX_RESPONSE,
            MsgType.PRE_VOTE_RESPONSE,
            MsgType.STORAGE_APPEND_RESPONSE,
            MsgType.STORAGE_APPLY_RESPONSE);
    assertThat(MsgType.ofNumber(-1)).isNull();
    assertThat(MsgType.ofNumber(MsgType.values().length)).isNull();
  }

  @Test
  void payloadSizeOfAnEmptyEntryIsZero() {
    assertThat(Entry.normal(9, 9, Payload.EMPTY).payloadSize()).isZero();
    Payload four = Payload.of(new byte[] {1, 2, 3, 4});
    assertThat(new Entry(9, 9, EntryType.NORMAL, Payload.EMPTY, four).payloadSize()).isZero();
    assertThat(Entry.normal(9, 9, four).payloadSize()).isEqualTo(4);
  }

  @Test
  void limitSize() {
    EntryList entries = Wire.entries(4, 4, 5, 6);
    int size = entries.first().encodedSize();
    assertThat(entries.limitedTo(RaftConfig.NO_LIMIT)).isEqualTo(entries);
    // Even with a limit of 0 there is one.
    assertThat(entries.limitedTo(0)).isEqualTo(Wire.entries(4, 4));
    assertThat(entries.limitedTo(2L * size)).isEqualTo(Wire.entries(4, 4, 5));
    assertThat(entries.limitedTo(3L * size - 1)).isEqualTo(Wire.entries(4, 4, 5));
    assertThat(entries.limitedTo(3L * size)).isEqualTo(entries);
    assertThat(EntryList.EMPTY.limitedTo(0).isEmpty()).isTrue();
  }
}
