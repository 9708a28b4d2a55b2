package dev.flotilla.verticle.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flotilla.config.HostPort;
import dev.flotilla.security.StoreNames;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GreetingTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final HostPort SELF = new HostPort("127.0.0.1", 20_170);
  private static final HostPort OTHER = new HostPort("127.0.0.1", 20_171);

  private final Vertx vertx = Vertx.vertx();
  private final BusCalls calls = new BusCalls(new BusLoop(vertx), PATIENCE);
  private final Members members = members(SELF, OTHER);
  private final Greeting greeting = greeting(members);

  private static Members members(HostPort here, HostPort there) {
    return new Members(here, List.of(), List.of(new Members.Member(2, there, 1)));
  }

  private Greeting greeting(Members known) {
    return new Greeting(calls, known, new StoreNames(false), List.of(), "");
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(30, TimeUnit.SECONDS);
  }

  /** Whoever waits for a cluster that is there is told whom to look at. */
  @Test
  void tellsWhoDidNotAnswer() throws Exception {
    greeting.greetAll();
    await().atMost(PATIENCE).until(() -> greeting.silent().equals(List.of(OTHER)));
    greeting(members(OTHER, SELF)).open(List.of(OTHER)).await(30, TimeUnit.SECONDS);
    greeting.greetAll();
    await().atMost(PATIENCE).until(() -> greeting.silent().isEmpty());
  }

  @Test
  void whoIsNoMemberAnyMoreIsNotMissed() {
    greeting.greetAll();
    await().atMost(PATIENCE).until(() -> greeting.silent().equals(List.of(OTHER)));
    members.forget(2);
    assertThat(greeting.silent()).isEmpty();
  }
}
