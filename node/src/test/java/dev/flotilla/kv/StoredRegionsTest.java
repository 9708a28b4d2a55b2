package dev.flotilla.kv;

import static dev.flotilla.raftstore.RaftCommands.REGION;
import static dev.flotilla.raftstore.RaftCommands.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.EndpointData;
import dev.flotilla.coprocessor.RegionSource;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.ValueCodec;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_serverpb.PeerState;
import dev.flotilla.proto.raft_serverpb.RaftApplyState;
import dev.flotilla.proto.raft_serverpb.RegionLocalState;
import dev.flotilla.sim.SimClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StoredRegionsTest {
  private final SimEngine engine = SimEngine.kv();
  private final SimClock clock = new SimClock();
  private final StoredRegions regions = new StoredRegions(engine, clock);

  private void store(PeerState state, Region region, long applied) {
    try (WriteBatch batch = engine.newBatch()) {
      batch.put(
          Cf.RAFT,
          Keys.regionStateKey(region.getId()),
          RegionLocalState.newBuilder().setState(state).setRegion(region).build().toByteArray());
      batch.put(
          Cf.RAFT,
          Keys.applyStateKey(region.getId()),
          RaftApplyState.newBuilder().setAppliedIndex(applied).build().toByteArray());
      engine.write(batch, false);
    }
  }

  private void put(String key, String value) {
    StoredPairs.put(engine, key, value, ValueCodec.NEVER);
  }

  private static List<String> keys(RegionSource.Opened data, String start, String end) {
    List<String> keys = new ArrayList<>();
    data.scan(text(start), text(end), (key, value) -> keys.add(key.toStringUtf8()));
    return keys;
  }

  @Test
  void dataIsAsOfAPositionAndStaysSo() {
    store(PeerState.Normal, REGION, 9);
    put("a", "outside");
    put("c", "1");
    put("x", "2");
    try (RegionSource.Opened data = Objects.requireNonNull(regions.open(REGION))) {
      store(PeerState.Normal, REGION, 10);
      put("c", "later");
      assertThat(data.index()).isEqualTo(9);
      assertThat(data.get(text("c"))).isEqualTo(text("1"));
      assertThat(keys(data, "", "")).isEqualTo(keys(data, "b", "z"));
      assertThat(keys(data, "", "")).containsExactly("c", "x");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = PeerState.class,
      names = {"Applying", "Tombstone"})
  void aReplicaWithoutDataHasNone(PeerState state) {
    store(state, REGION, 9);
    assertThat(regions.open(REGION)).isNull();
  }

  @Test
  void anotherRangeIsAnotherRegion() {
    assertThat(regions.open(REGION)).isNull();
    Region.Builder split = REGION.toBuilder();
    split.getRegionEpochBuilder().setVersion(REGION.getRegionEpoch().getVersion() + 1);
    store(PeerState.Normal, split.build(), 9);
    assertThat(regions.open(REGION)).isNull();
    try (RegionSource.Opened data = regions.open(split.build())) {
      assertThat(data).isNotNull();
    }
  }

  /** What is open keeps old files on the disk. */
  @Test
  void itMayBeReadForTenMinutes() {
    store(PeerState.Normal, REGION, 9);
    put("c", "1");
    try (RegionSource.Opened data = Objects.requireNonNull(regions.open(REGION))) {
      clock.advance(599_000);
      assertThat(data.get(text("c"))).isEqualTo(ByteString.copyFromUtf8("1"));
      clock.advance(2_000);
      assertThatThrownBy(() -> data.get(text("c"))).isInstanceOf(EndpointData.TimeUp.class);
    }
  }
}
