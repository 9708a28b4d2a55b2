package dev.flotilla.pd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import dev.flotilla.proto.pdpb.StoreStats;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.StoppedClock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By its name others know who may speak for a store. */
class StoresTest {
  private static final Clock STOPPED = new StoppedClock(1, 0);

  private final Stores stores = new Stores(STOPPED, 1, Map.of(), Map.of());

  private static Store store(long id, String name, StoreState state) {
    return Store.newBuilder().setId(id).setNodeName(name).setState(state).build();
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          node-2 | node-2 | -
          node-2 | ''     | -
          ''     | ''     | -
          ''     | node-2 | -
          node-2 | mine   | store 2 is that of node-2, and this node is mine
          node-2 | node-1 | store 2 is that of node-2, and this node is node-1
          ''     | node-1 | store 1 is that of node-1 already
          ''     | gone   | -
          """,
      delimiter = '|')
  void aNameStaysAndIsThatOfOneStore(String recorded, String wanted, String expected) {
    stores.put(store(1, "node-1", StoreState.Up));
    stores.put(store(3, "gone", StoreState.Tombstone));
    Store known = store(2, recorded, StoreState.Up);
    stores.put(known);
    Store record = store(2, wanted, StoreState.Up);
    Store namesake = stores.ofNode(record).stream().findFirst().orElse(null);
    @Nullable String conflict = Stores.conflict(known, record, namesake);
    assertThat(conflict == null ? "-" : conflict).isEqualTo(expected);
  }

  @Test
  void aNodeDoesNotSayWhatIsToBecomeOfItNorTakeItsNameBack() {
    Store known = store(2, "node-2", StoreState.Offline);
    assertThat(Stores.renewed(store(2, "", StoreState.Up), known)).isEqualTo(known);
    assertThat(Stores.renewed(store(2, "mine", StoreState.Up), known))
        .isEqualTo(store(2, "mine", StoreState.Offline));
  }

  /** In GiB. */
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
             0 |   0 | true  | not told
             5 |   1 | true  | a fifth of a small disk
            10 |   1 | false | less than that
            40 |   7 | false | less than a fifth
          4000 |  10 | true  | enough whatever the size
          4000 |   9 | false | not enough
            10 |  10 | true  | empty
            10 |   0 | false | full
          """,
      delimiter = '|')
  void replicasAreTakenWhileThereIsSpace(
      long capacity, long available, boolean isTaken, String why) {
    stores.put(store(1, "node-1", StoreState.Up));
    stores.onHeartbeat(
        StoreStats.newBuilder()
            .setStoreId(1)
            .setCapacity(capacity << 30)
            .setAvailable(available << 30)
            .build());
    assertThat(stores.takesReplicas(1)).as(why).isEqualTo(isTaken);
    assertThat(stores.isShortOfSpace(1)).as(why).isEqualTo(!isTaken);
    assertThat(stores.isUsable(1)).as("a leader takes none").isTrue();
  }
}
