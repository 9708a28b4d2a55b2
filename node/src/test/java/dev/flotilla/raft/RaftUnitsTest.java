package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables of the small parts: quorums, windows, progress, log tail, sizes, settings. */
class RaftUnitsTest {
  @ParameterizedTest
  @CsvSource({
    "'', 9223372036854775807",
    "'5', 5",
    "'5 3 4', 4",
    "'9 3 4 7', 4",
    "'9 9 1 1 1', 1",
    "'0 0 7', 0"
  })
  void majorityCommits(String acked, long expected) {
    long[] indexes =
        acked.isEmpty()
            ? new long[0]
            : Arrays.stream(acked.split(" ", -1)).mapToLong(Long::parseLong).toArray();
    assertThat(Quorum.committed(indexes, indexes.length)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0, WON",
    "1, 1, 0, WON",
    "3, 1, 1, PENDING",
    "3, 1, 2, LOST",
    "4, 2, 2, LOST",
    "4, 2, 1, PENDING",
    "5, 3, 2, WON"
  })
  void majorityVotes(int size, int granted, int refused, VoteResult expected) {
    assertThat(Quorum.vote(size, granted, refused)).isEqualTo(expected);
  }

  @Test
  void bothHalvesOfAJointConfigurationDecide() {
    ProgressTracker tracker = new ProgressTracker(1, 8, RaftConfig.NO_LIMIT);
    tracker.install(
        new ConfState(IdSet.of(1, 4, 5), IdSet.EMPTY, IdSet.of(1, 2, 3), IdSet.EMPTY, false),
        IdSet.EMPTY,
        0);
    for (int i = 0; i < tracker.size(); i++) {
      tracker.at(i).match = tracker.at(i).id == 2 || tracker.at(i).id == 3 ? 3 : 9;
      tracker.at(i).readRound = tracker.at(i).match;
    }
    assertThat(tracker.committed()).isEqualTo(3);
    assertThat(tracker.confirmedRound(9)).isEqualTo(3);
    for (long id : new long[] {1, 4, 5}) {
      tracker.recordVote(id, true);
    }
    assertThat(tracker.voteResult()).isEqualTo(VoteResult.PENDING);
    tracker.recordVote(2, true);
    assertThat(tracker.voteResult()).isEqualTo(VoteResult.WON);
    assertThat(tracker.isQuorumActive()).isTrue();
    tracker.clearActive();
    assertThat(tracker.isQuorumActive()).isFalse();
  }

  @Test
  void windowWrapsGrowsAndFrees() {
    Inflights window = new Inflights(10, RaftConfig.NO_LIMIT);
    for (int i = 1; i <= 3; i++) {
      window.add(i, i);
    }
    window.freeTo(2);
    for (int i = 4; i <= 12; i++) {
      window.add(i, i);
    }
    assertThat(window.isFull()).isTrue();
    assertThat(window.count()).isEqualTo(10);
    window.freeTo(2);
    assertThat(window.count()).isEqualTo(10);
    window.freeTo(4);
    assertThat(window.count()).isEqualTo(8);
    assertThat(window.bytes()).isEqualTo(5 + 6 + 7 + 8 + 9 + 10 + 11 + 12);
    window.freeTo(7);
    assertThat(window.count()).isEqualTo(5);
    assertThat(window.bytes()).isEqualTo(8 + 9 + 10 + 11 + 12);
    window.reset();
    assertThat(window.count()).isZero();
    assertThat(window.bytes()).isZero();
  }

  @Test
  void windowOfNoBytesTakesOneMessage() {
    Inflights window = new Inflights(10, 0);
    assertThat(window.isFull()).isFalse();
    window.add(1, 1);
    assertThat(window.isFull()).isTrue();
  }

  @Test
  void windowOfBytesMayBePassedByOneMessage() {
    Inflights window = new Inflights(10, 100);
    window.add(1, 99);
    assertThat(window.isFull()).isFalse();
    window.add(2, 500);
    assertThat(window.isFull()).isTrue();
    window.freeTo(2);
    assertThat(window.isFull()).isFalse();
  }

  @Test
  void joinedEntriesLengthenTheNewestMessageOfAWindow() {
    Inflights window = new Inflights(2, RaftConfig.NO_LIMIT);
    window.extend(1, 10);
    assertThat(window.count()).isEqualTo(1);
    window.add(2, 10);
    window.freeTo(1);
    // The ring has turned: the newest lies before the oldest.
    window.add(3, 10);
    window.extend(5, 20);
    assertThat(window.count()).isEqualTo(2);
    assertThat(window.bytes()).isEqualTo(40);
    window.freeTo(4);
    assertThat(window.count()).isEqualTo(1);
    window.freeTo(5);
    assertThat(window.count()).isZero();
    assertThat(window.bytes()).isZero();
  }

  private static Progress progress(ProgressState state, long match, long next) {
    Progress progress = new Progress(2, next, false, new Inflights(2, RaftConfig.NO_LIMIT));
    progress.match = match;
    progress.state = state;
    return progress;
  }

  @ParameterizedTest
  @CsvSource({
    // state, match, next, rejected, hint, accepted, new next
    "REPLICATE, 5, 10, 5, 5, false, 10",
    "REPLICATE, 5, 10, 4, 4, false, 10",
    "REPLICATE, 5, 10, 9, 9, true, 6",
    "PROBE, 0, 10, 8, 8, false, 10",
    "PROBE, 0, 10, 9, 9, true, 9",
    "PROBE, 0, 10, 9, 2, true, 3",
    "PROBE, 0, 10, 9, 0, true, 1",
    "PROBE, 4, 10, 9, 1, true, 5",
  })
  void rejectionsLowerNext(
      ProgressState state,
      long match,
      long next,
      long rejected,
      long hint,
      boolean accepted,
      long expected) {
    Progress progress = progress(state, match, next);
    assertThat(progress.maybeDecrease(rejected, hint)).isEqualTo(accepted);
    assertThat(progress.next).isEqualTo(expected);
  }

  @Test
  void acknowledgementsRaiseMatch() {
    Progress progress = progress(ProgressState.PROBE, 3, 5);
    progress.flowPaused = true;
    assertThat(progress.maybeUpdate(3)).isFalse();
    assertThat(progress.flowPaused).isTrue();
    assertThat(progress.maybeUpdate(7)).isTrue();
    assertThat(progress.match).isEqualTo(7);
    assertThat(progress.next).isEqualTo(8);
    assertThat(progress.flowPaused).isFalse();
  }

  @Test
  void replicationRunsAheadUntilTheWindowIsFull() {
    Progress progress = progress(ProgressState.PROBE, 0, 1);
    // Nothing is lost with an append that carries nothing.
    progress.sentEntries(0, 0, false);
    assertThat(progress.isPaused()).isFalse();
    progress.sentEntries(2, 10, false);
    assertThat(progress.isPaused()).isTrue();
    assertThat(progress.next).isEqualTo(1);
    progress.becomeReplicate();
    progress.sentEntries(2, 10, false);
    assertThat(progress.next).isEqualTo(3);
    assertThat(progress.isPaused()).isFalse();
    progress.sentEntries(1, 10, false);
    assertThat(progress.isPaused()).isTrue();
  }

  private static Entry entry(long term, long index) {
    return Entry.normal(term, index, Payload.ofUtf8("0123456789"));
  }

  private static Unstable tail() {
    Unstable tail = new Unstable(5, new LogTrace(RaftLogger.NONE));
    tail.truncateAndAppend(EntryList.of(entry(1, 5), entry(1, 6), entry(1, 7)));
    return tail;
  }

  @Test
  void viewsOfTheTailNeverChange() {
    Unstable tail = tail();
    final EntryList view = tail.slice(5, 8);
    tail.acceptInProgress();
    tail.truncateAndAppend(EntryList.of(entry(2, 6)));
    tail.append(entry(2, 7));
    tail.stableTo(2, 6);
    tail.append(entry(2, 8));
    assertThat(view.asList()).containsExactly(entry(1, 5), entry(1, 6), entry(1, 7));
    assertThat(tail.offset()).isEqualTo(7);
    assertThat(tail.offsetInProgress()).isEqualTo(7);
    assertThat(tail.slice(7, 9).asList()).containsExactly(entry(2, 7), entry(2, 8));
  }

  @Test
  void tailIsReplacedFromBefore() {
    Unstable tail = tail();
    tail.acceptInProgress();
    tail.truncateAndAppend(EntryList.of(entry(2, 4)));
    assertThat(tail.offset()).isEqualTo(4);
    assertThat(tail.offsetInProgress()).isEqualTo(4);
    assertThat(tail.lastIndex()).isEqualTo(4);
  }

  private static int size(@Nullable EntryList entries) {
    return entries == null ? -1 : entries.size();
  }

  @Test
  void sliceCrossesTheSeamWithinItsLimit() {
    MemStorage disk = new MemStorage();
    disk.append(EntryList.of(entry(1, 1), entry(1, 2), entry(1, 3)));
    RaftLog log = new RaftLog(disk, RaftConfig.NO_LIMIT, new LogTrace(RaftLogger.NONE));
    log.append(entry(2, 4));
    log.append(entry(2, 5));
    int size = entry(1, 1).encodedSize();
    for (int fit = 1; fit <= 5; fit++) {
      assertThat(size(log.slice(1, 6, (long) fit * size))).isEqualTo(fit);
      // A little more room than for these is not enough for one more.
      assertThat(size(log.slice(1, 6, (long) fit * size + 1))).isEqualTo(fit);
    }
    assertThat(size(log.slice(2, 6, 0))).isEqualTo(1);
    assertThat(log.findConflictByTerm(5, 1)).isEqualTo(3);
    assertThat(log.isUpToDate(2, 5)).isTrue();
    assertThat(log.isUpToDate(1, 99)).isFalse();
  }

  @Test
  void entrySizeIsThatOfTheWire() {
    assertThat(Entry.normal(0, 0, Payload.EMPTY).encodedSize()).isZero();
    assertThat(Entry.normal(1, 127, Payload.ofUtf8("ab")).encodedSize()).isEqualTo(2 + 2 + 4);
    assertThat(Entry.normal(1, 128, Payload.EMPTY).encodedSize()).isEqualTo(2 + 3);
    assertThat(Entry.normal(1, -1, Payload.EMPTY).encodedSize()).isEqualTo(2 + 11);
  }

  @Test
  void ledgerGivesBackWholePages() {
    ApplyLedger ledger = new ApplyLedger();
    for (int i = 1; i <= 7; i++) {
      ledger.add(i * 10L, i, 2L * i);
      if (i == 3) {
        ledger.applyTo(25);
        assertThat(ledger.takeBytes()).isEqualTo(3);
        assertThat(ledger.takePayloadBytes()).isEqualTo(6);
      }
    }
    ledger.applyTo(70);
    assertThat(ledger.takeBytes()).isEqualTo(3 + 4 + 5 + 6 + 7);
    ledger.applyTo(99);
    assertThat(ledger.takeBytes()).isZero();
  }

  @Test
  void contradictorySettingsAreRefused() {
    assertThatThrownBy(() -> TestCluster.config(0).build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TestCluster.config(1).readOnly(ReadOnlyOption.LEASE_BASED).build())
        .hasMessageContaining("check quorum");
    assertThatThrownBy(() -> TestCluster.config(1).electionTicksMin(9).build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TestCluster.config(1).inflightBytesMax(5).build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(TestCluster.config(1).electionTicksMax(13).build().electionTicksMin()).isEqualTo(10);
  }
}
