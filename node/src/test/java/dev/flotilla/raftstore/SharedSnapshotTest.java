package dev.flotilla.raftstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.EngineSnapshot;
import dev.flotilla.engine.KeyRange;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SharedSnapshotTest {
  /** Counts how often it is closed. */
  private static final class Closes implements EngineSnapshot {
    int closes;

    @Override
    public byte @Nullable [] get(Cf cf, byte[] key) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<byte @Nullable []> multiGet(Cf cf, List<byte[]> keys) {
      throw new UnsupportedOperationException();
    }

    @Override
    public EngineIterator iterator(Cf cf, KeyRange range) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
      closes++;
    }
  }

  private final Closes engine = new Closes();
  private final SharedSnapshot snapshot = new SharedSnapshot(engine);

  @Test
  void closesWithTheLastShare() {
    ReadGrant first = grant(snapshot.retain());
    ReadGrant second = grant(snapshot.retain());
    snapshot.release();
    first.close();
    assertThat(engine.closes).isZero();
    assertThat(second.engine()).isSameAs(engine);
    second.close();
    assertThat(engine.closes).isEqualTo(1);
  }

  private static ReadGrant grant(SharedSnapshot share) {
    return new ReadGrant(share, RaftCommands.REGION, 6, 0);
  }

  @Test
  void cannotBeSharedAgainOnceClosed() {
    snapshot.release();
    assertThatThrownBy(snapshot::retain)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("after its last release");
    assertThat(engine.closes).isEqualTo(1);
  }

  @Test
  void cannotBeReleasedMoreOftenThanShared() {
    snapshot.release();
    assertThatThrownBy(snapshot::release)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("more often than retained");
    assertThat(engine.closes).isEqualTo(1);
  }
}
