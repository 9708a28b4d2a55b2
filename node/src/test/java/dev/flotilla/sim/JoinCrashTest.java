package dev.flotilla.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.raft_serverpb.StoreIdent;
import dev.flotilla.raftstore.store.Bootstrap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A node that dies at any write while it joins a cluster comes back as the same store. */
class JoinCrashTest {
  private static final long CLUSTER_ID = 77;

  /** What the placement driver keeps: it gives an incarnation the same store again. */
  private final Map<Long, Long> stores = new HashMap<>();

  private long nextIncarnation = 5;

  static Stream<Arguments> crashes() {
    return IntStream.rangeClosed(1, 2)
        .boxed()
        .flatMap(
            write ->
                Stream.of(true, false)
                    .flatMap(
                        kv -> Stream.of(true, false).map(lost -> Arguments.of(write, kv, lost))));
  }

  /** The steps of a start, in the order in which a node takes them. */
  private StoreIdent start(Engines engines) {
    Bootstrap.resume(engines);
    Optional<StoreIdent> known = Bootstrap.identity(engines);
    if (known.isPresent()) {
      return known.get();
    }
    OptionalLong begun = Bootstrap.incarnation(engines);
    long incarnation = begun.orElseGet(() -> nextIncarnation++);
    if (begun.isEmpty()) {
      Bootstrap.beginJoining(engines, incarnation);
    }
    long storeId = stores.computeIfAbsent(incarnation, unseen -> 1000L + stores.size());
    return Bootstrap.join(engines, CLUSTER_ID, storeId);
  }

  @ParameterizedTest
  @MethodSource("crashes")
  void comesBackAsTheSameStore(int write, boolean onKv, boolean lost) {
    SimEngine kv = SimEngine.kv();
    SimEngine raft = SimEngine.raft();
    (onKv ? kv : raft).failWrite(write);
    try {
      start(new Engines(kv, raft));
    } catch (EngineException planned) {
      // Dies here; what comes next is the restart.
    }
    Engines after =
        new Engines(
            lost ? kv.crash() : kv.crashKeeping(kv.unsynced()),
            lost ? raft.crash() : raft.crashKeeping(raft.unsynced()));
    StoreIdent ident = start(after);
    assertThat(ident)
        .isEqualTo(StoreIdent.newBuilder().setClusterId(CLUSTER_ID).setStoreId(1000).build());
    assertThat(stores).as("stores given").hasSize(1);
    assertThat(start(after)).as("a later start").isEqualTo(ident);
  }
}
