package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.flotilla.config.HostPort;
import dev.flotilla.pd.PlacementRules;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.security.StoreNames;
import dev.flotilla.verticle.PdRuntime;
import dev.flotilla.verticle.SystemClock;
import dev.flotilla.verticle.cluster.BusCalls;
import dev.flotilla.verticle.cluster.BusLoop;
import dev.flotilla.verticle.cluster.PlacementLink;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What an operator reads of a node that cannot register. */
class RegistrationTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Store SELF = Store.newBuilder().setId(2).build();

  private final Vertx vertx = Vertx.vertx();
  private final Queue<String> said = new ConcurrentLinkedQueue<>();
  private final Logger log = (Logger) LoggerFactory.getLogger(Registration.class);
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          said.add(event.getFormattedMessage());
        }
      };

  @BeforeEach
  void listen() {
    appender.start();
    log.setLevel(Level.INFO);
    log.addAppender(appender);
  }

  @AfterEach
  void close() throws Exception {
    log.detachAppender(appender);
    log.setLevel(null);
    vertx.close().await(30, TimeUnit.SECONDS);
  }

  /** Nobody drives for this node, as it has heard of nobody. */
  private PlacementLink link() {
    PdRuntime driver =
        new PdRuntime(
            vertx,
            1,
            SELF,
            msg -> false,
            new SystemClock(),
            new PlacementRules(3, Long.MAX_VALUE, Long.MAX_VALUE, "", 1 << 20),
            (to, command) -> {},
            (where, fault) -> {
              throw new AssertionError(where, fault);
            });
    return new PlacementLink(
        vertx,
        new BusCalls(new BusLoop(vertx), PATIENCE),
        Duration.ofMillis(1),
        1,
        SELF.getId(),
        new StoreNames(false),
        "http",
        driver,
        msg -> false,
        stats -> {});
  }

  @Test
  void saysWhichOtherNodesDoNotAnswer() {
    Future<Void> registered =
        new Registration(
                vertx,
                link(),
                "",
                Future::succeededFuture,
                () -> List.of(new HostPort("127.0.0.1", 20_172)))
            .run(SELF);
    await().atMost(PATIENCE).until(() -> !said.isEmpty());
    assertThat(registered.isComplete()).isFalse();
    assertThat(said.peek())
        .isEqualTo(
            "waiting for the placement driver to take this store's record: nobody is known to"
                + " drive placement; no answer from 127.0.0.1:20172");
  }
}
