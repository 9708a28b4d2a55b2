package dev.flotilla.kv;

import static dev.flotilla.raftstore.RaftCommands.REGION;
import static dev.flotilla.raftstore.RaftCommands.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.Chain;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.ReadCall;
import dev.flotilla.coprocessor.Registration;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.ObserverContext;
import dev.flotilla.coprocessor.api.ProposeContext;
import dev.flotilla.coprocessor.api.QueryBatch;
import dev.flotilla.coprocessor.api.QueryView;
import dev.flotilla.coprocessor.api.ReadObserver;
import dev.flotilla.coprocessor.api.ReadResult;
import dev.flotilla.engine.ValueCodec;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.kvrpcpb.RawGetKeyTTLRequest;
import dev.flotilla.proto.kvrpcpb.RawGetKeyTTLResponse;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.SharedSnapshot;
import java.util.List;
import org.junit.jupiter.api.Test;

class ObservedPairsTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final Bytes PREFIX = Bytes.utf8("t1/");

  private final SimEngine engine = SimEngine.kv();

  /** Gives a tenant a key space of its own, of which a part is secret. */
  private static final class Tenant implements ReadObserver {
    @Override
    public void preRead(ProposeContext context, QueryBatch batch) {
      for (int i = 0; i < batch.size(); i++) {
        batch.setKey(i, PREFIX.concat(batch.key(i)));
      }
    }

    @Override
    public void postRead(ObserverContext context, QueryView asked, ReadResult result) {
      for (int i = 0; i < result.size(); i++) {
        if (result.value(i).toUtf8().equals("secret")) {
          result.hide(i);
        }
      }
    }
  }

  /** Reads so many at a time. */
  private record Paging(int limit) implements ReadObserver {
    @Override
    public void preRead(ProposeContext context, QueryBatch batch) {
      batch.setLimit(0, limit);
    }
  }

  /** Tells more than what is stored. */
  private record Inflating(int bytes) implements ReadObserver {
    @Override
    public void postRead(ObserverContext context, QueryView asked, ReadResult result) {
      for (int i = 0; i < result.size(); i++) {
        result.setValue(i, Bytes.wrap(new byte[bytes]));
      }
    }
  }

  /** What a plugin puts into an answer takes as much memory as what is stored. */
  @Test
  void anAnswerThatAnObserverMadeTooLargeIsRefused() {
    put("k", "v", ValueCodec.NEVER);
    ReadCall.Get get = ReadCall.Get.of("", text("k"));
    ReadCall.Scan scan = new ReadCall.Scan("", text("a"), ByteString.EMPTY, 9, false, false);
    assertThat(pairs(snapshot(), new Inflating(1 << 19)).get(get)).hasSize(1);
    ObservedPairs tooLarge = pairs(snapshot(), new Inflating(1 << 20));
    assertThatThrownBy(() -> tooLarge.get(get)).isInstanceOf(Refusal.Invalid.class);
    assertThatThrownBy(() -> tooLarge.scan(scan)).isInstanceOf(Refusal.Invalid.class);
  }

  private List<String> scan(int limit, int pageLimit) {
    ReadCall.Scan call = new ReadCall.Scan("", text("b"), ByteString.EMPTY, limit, false, false);
    return pairs(snapshot(), new Paging(pageLimit)).scan(call).stream()
        .map(pair -> pair.key().toStringUtf8())
        .toList();
  }

  /** To a client a short answer is the end of the region. */
  @Test
  void anObserverSetsThePageAndNotTheAnswer() {
    for (String key : List.of("b", "c", "d", "e", "f")) {
      put(key, "v", ValueCodec.NEVER);
    }
    assertThat(scan(4, 1)).containsExactly("b", "c", "d", "e");
    assertThat(scan(9, 2)).containsExactly("b", "c", "d", "e", "f");
    assertThat(scan(2, 100)).containsExactly("b", "c");
  }

  /** There is no key between its last one and its end. */
  @Test
  void aPageMayEndWhereTheRegionEnds() {
    put("b", "v", ValueCodec.NEVER);
    put("c", "v", ValueCodec.NEVER);
    Region region = REGION.toBuilder().setEndKey(text("c\0")).build();
    ReadCall.Scan call = new ReadCall.Scan("", text("b"), ByteString.EMPTY, 9, false, false);
    assertThat(pairs(snapshot(region), new Paging(1)).scan(call)).hasSize(2);
  }

  private void put(String key, String value, long expiryMillis) {
    StoredPairs.put(engine, key, value, expiryMillis);
  }

  private RegionSnapshot snapshot() {
    return snapshot(REGION);
  }

  private RegionSnapshot snapshot(Region region) {
    return new RegionSnapshot(
        new ReadGrant(new SharedSnapshot(engine.snapshot()), region, 6, 0), NOW);
  }

  private static ObservedPairs pairs(RegionSnapshot snapshot, ReadObserver observer) {
    CoprocessorHost host = CoprocessorHost.withBuiltIns();
    host.publish(Chain.of(List.of(Registration.of("p0", "1", observer))));
    return new ObservedPairs(new SnapshotPairs(snapshot, 1 << 20), snapshot, host, 1 << 20);
  }

  private RawGetKeyTTLResponse ttl(String key) {
    RegionSnapshot snapshot = snapshot();
    return RawReads.ttl(
        RawGetKeyTTLRequest.newBuilder().setKey(text(key)).build(),
        pairs(snapshot, new Tenant()),
        snapshot);
  }

  @Test
  void theTimeToLiveIsThatOfTheKeyThatIsRead() {
    put("k", "another's", NOW + 9000);
    put("t1/k", "v", NOW + 5000);
    put("t1/l", "v", ValueCodec.NEVER);
    put("t1/m", "secret", NOW + 5000);
    assertThat(ttl("k").getTtl()).isEqualTo(5);
    assertThat(ttl("l").getNotFound()).as("there, for ever").isFalse();
    assertThat(ttl("m").getNotFound()).as("hidden").isTrue();
    assertThat(ttl("n").getNotFound()).isTrue();
  }
}
