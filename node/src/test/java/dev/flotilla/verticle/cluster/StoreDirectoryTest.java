package dev.flotilla.verticle.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.config.HostPort;
import dev.flotilla.proto.metapb.Store;
import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoreDirectoryTest {
  private static final Store ONE = Store.newBuilder().setId(1).setAddress("127.0.0.1:1").build();
  private static final Store TWO = Store.newBuilder().setId(2).setAddress("127.0.0.1:2").build();

  private Future<List<Store>> said = Future.succeededFuture(List.of(ONE, TWO));
  private final StoreDirectory directory = new StoreDirectory(() -> said);

  @Test
  void remembersWhatTheDriverLastSaid() {
    assertThat(directory.refresh().result()).containsExactlyInAnyOrder(ONE, TWO);
    said = Future.failedFuture("nobody drives");
    assertThat(directory.clientPort(2).result()).isEqualTo(new HostPort("127.0.0.1", 2));
  }

  @Test
  void forgetsWhatTheDriverHasForgotten() {
    assertThat(directory.clientPort(2).succeeded()).isTrue();
    said = Future.succeededFuture(List.of(ONE));
    assertThat(directory.refresh().result()).containsExactly(ONE);
    assertThat(directory.clientPort(2).failed()).isTrue();
  }
}
