package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.sim.history.History;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Three processes under load while one after the other is killed, frozen or stopped. What clients
 * saw must be what a single register could have shown, key by key; each of their requests is one
 * attempt, and one without a clear answer counts as unknown.
 *
 * <p>Each fault lasts until clients have got so many answers without the node, so that the test
 * also fails when a minority stops the cluster. Longer: {@code -Dchaos.rounds=100}; the faults of a
 * run again: {@code -Dchaos.seed=N}.
 */
class ChaosTest {
  private static final Logger LOG = LoggerFactory.getLogger(ChaosTest.class);
  private static final int ROUNDS = Integer.getInteger("chaos.rounds", 5);
  private static final long SEED = Long.getLong("chaos.seed", System.nanoTime());
  private static final int CLIENTS = 6;
  private static final int ANSWERS_WITHOUT = 300;

  private enum Fault {
    KILL,
    FREEZE,
    STOP
  }

  @TempDir private Path folder;
  private final History history = new History();
  private final AtomicLong answers = new AtomicLong();
  private final List<ChaosClient> clients = new ArrayList<>();

  @Test
  void whatClientsSeeIsLinearizable() throws Exception {
    LOG.info("chaos.seed={}", SEED);
    Random random = new Random(SEED);
    try (ClusterUnderTest cluster = ClusterUnderTest.of(folder, 3)) {
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(
            new ChaosClient(
                i, cluster.addresses(1 + i % 3), history, answers, new Random(random.nextLong())));
      }
      clients.forEach(ChaosClient::start);
      awaitAnswers();
      for (int round = 0; round < ROUNDS; round++) {
        Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
        // Leaders twice as often as chance would have it.
        int node = random.nextBoolean() ? cluster.leader() : 1 + random.nextInt(3);
        LOG.info("round {}: {} node {}", round, fault, node);
        strike(cluster, fault, node);
        awaitAnswers();
      }
      for (ChaosClient client : clients) {
        client.stop();
      }
    }
    LOG.info("{} operations, {} answered", history.size(), answers.get());
    assertThat(history.violations()).as("chaos.seed=" + SEED).isEmpty();
  }

  private void strike(ClusterUnderTest cluster, Fault fault, int node) throws Exception {
    switch (fault) {
      case KILL -> {
        cluster.kill(node);
        awaitAnswers();
        cluster.start(node);
      }
      case FREEZE -> {
        cluster.node(node).freeze();
        awaitAnswers();
        cluster.node(node).thaw();
      }
      case STOP -> {
        cluster.node(node).terminate();
        assertThat(cluster.taken(node).exitStatus()).isZero();
        awaitAnswers();
        cluster.start(node);
      }
    }
  }

  private void awaitAnswers() {
    long wanted = answers.get() + ANSWERS_WITHOUT;
    long startNanos = System.nanoTime();
    Awaitility.await("answers, chaos.seed=" + SEED)
        .atMost(ClusterUnderTest.PATIENCE)
        .until(() -> answers.get() >= wanted);
    LOG.info(
        "{} answers in {} ms",
        ANSWERS_WITHOUT,
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
  }
}
