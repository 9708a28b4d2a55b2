package dev.flotilla.raftstore.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.config.ConfigBuilder;
import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raft.Message;
import dev.flotilla.raft.MsgType;
import dev.flotilla.raft.StepResult;
import dev.flotilla.raftstore.RaftCommands;
import dev.flotilla.raftstore.storage.StoredRaft;
import dev.flotilla.raftstore.wire.RegionStates;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The log begins at 6; a learner that is slow to replicate stands for any slow peer. */
class LogGcTest {
  private static final long LEARNER = 4;
  private static final Region REGION =
      RaftCommands.REGION.toBuilder()
          .addPeers(Peer.newBuilder().setId(LEARNER).setStoreId(2).setRole(PeerRole.Learner))
          .build();
  private static final int THRESHOLD = 5;
  private static final int COUNT_LIMIT = 20;
  private static final int BYTES_LIMIT = 1024;

  private final LogGc logGc = new LogGc(config());

  @SuppressWarnings("NullAway.Init") // set before each test
  private StoredRaft group;

  private static RaftStoreConfig config() {
    return ConfigBuilder.from(RaftStoreConfig.defaults())
        .set("logGcThreshold", THRESHOLD)
        .set("logGcCountLimit", COUNT_LIMIT)
        .set("logGcBytesLimit", BYTES_LIMIT)
        .build();
  }

  @BeforeEach
  void lead() {
    Engines engines = new Engines(SimEngine.kv(), SimEngine.raft());
    try (WriteBatch batch = engines.kv().newBatch()) {
      RegionStates.putInitialKv(batch, REGION);
      engines.kv().write(batch, true);
    }
    group = new StoredRaft(engines, REGION, RaftCommands.PEER_ID);
    group.lead();
  }

  /** Brings log, apply worker and learner to these indexes. */
  private void reach(long last, long applied, long replicated) {
    group.propose((int) (last - group.storage().lastIndex()));
    if (replicated > 0) {
      StepResult taken =
          group
              .raft()
              .step(
                  Message.builder(MsgType.APPEND_RESPONSE)
                      .from(LEARNER)
                      .to(RaftCommands.PEER_ID)
                      .term(group.raft().term())
                      .index(replicated)
                      .build());
      assertThat(taken).isEqualTo(StepResult.OK);
    }
    group.persist();
    group.applyTo(applied);
  }

  private long compactIndex() {
    return logGc.compactIndex(group.raft(), group.storage());
  }

  @ParameterizedTest
  @CsvSource({
    "no peer has it, 20, 20, 0, 0",
    "just the first one is replicated, 20, 20, 6, 0",
    "at the threshold, 20, 20, 11, 0",
    "past the threshold, 20, 20, 12, 11",
    "fully replicated, 20, 20, 20, 19",
    "replicated further than applied, 20, 14, 20, 13",
    "below the count limit, 30, 25, 0, 0",
    "at the count limit, 30, 26, 0, 25",
    "past the count limit and replicated, 30, 28, 20, 27"
  })
  void cutsBehindTheSlowestPeerUnlessTheLogIsTooLong(
      String name, long last, long applied, long replicated, long index) {
    reach(last, applied, replicated);
    assertThat(compactIndex()).as(name).isEqualTo(index);
  }

  @ParameterizedTest
  @CsvSource({"1023, 20, 0", "1024, 20, 19", "5000, 20, 19", "1024, 7, 6", "1024, 6, 0"})
  void cutsWhatIsAppliedWhenTheLogHasTooManyBytes(long bytes, long applied, long index) {
    reach(20, applied, 0);
    logGc.onCommitted(bytes);
    assertThat(compactIndex()).isEqualTo(index);
  }

  @Test
  void proposesAgainWhenTheLastProposalIsApplied() {
    reach(20, 14, 20);
    assertThat(compactIndex()).isEqualTo(13);
    group.propose(1);
    logGc.onProposed(group.raft());
    reach(25, 20, 25);
    assertThat(compactIndex()).as("all before the proposal").isZero();
    group.applyTo(21);
    assertThat(compactIndex()).isEqualTo(20);
  }

  @Test
  void proposesAnewInAnotherTerm() {
    reach(20, 14, 20);
    logGc.onProposed(group.raft());
    assertThat(compactIndex()).isZero();
    Message ofLaterTerm =
        Message.builder(MsgType.APPEND_RESPONSE)
            .from(LEARNER)
            .to(RaftCommands.PEER_ID)
            .term(group.raft().term() + 1)
            .build();
    assertThat(group.raft().step(ofLaterTerm)).isEqualTo(StepResult.OK);
    group.persist();
    group.lead();
    reach(21, 14, 21);
    assertThat(compactIndex()).as("what was proposed may be lost").isEqualTo(13);
  }

  @Test
  void bytesAddUp() {
    reach(20, 20, 0);
    logGc.onCommitted(1000);
    assertThat(compactIndex()).isZero();
    logGc.onCommitted(24);
    assertThat(compactIndex()).isEqualTo(19);
  }

  @Test
  void compactionTakesItsShareOfTheBytes() {
    reach(20, 20, 0);
    logGc.onCommitted(2000);
    // 10 of the 20 entries 6 to 25 are left.
    assertThat(logGc.onCompacted(6, 15, 25)).isZero();
    assertThat(compactIndex()).isZero();
    logGc.onCommitted(24);
    assertThat(compactIndex()).isEqualTo(19);
  }

  @Test
  void compactionOfEverythingLeavesNoBytes() {
    reach(20, 20, 0);
    logGc.onCommitted(1_000_000);
    logGc.onCompacted(6, 25, 25);
    logGc.onCommitted(1023);
    assertThat(compactIndex()).isZero();
  }

  @Test
  void deletionGoesOnWhereTheLastOneEnded() {
    assertThat(logGc.onCompacted(6, 15, 25)).as("from the first there is").isZero();
    assertThat(logGc.onCompacted(16, 20, 30)).isEqualTo(16);
    assertThat(logGc.onCompacted(21, 29, 30)).isEqualTo(21);
  }
}
