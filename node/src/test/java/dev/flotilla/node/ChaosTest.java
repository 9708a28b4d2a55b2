package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.sim.history.History;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
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

  /** What may happen: {@code -Dchaos.faults=KILL} for kills alone. */
  private static final List<Fault> FAULTS =
      Arrays.stream(System.getProperty("chaos.faults", "KILL,FREEZE,STOP").split(","))
          .map(Fault::valueOf)
          .toList();

  @TempDir private Path folder;
  private final History history = new History();
  private final ChaosClient.Answers answers = new ChaosClient.Answers();
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
        Fault fault = FAULTS.get(random.nextInt(FAULTS.size()));
        int leader = cluster.leader();
        // Leaders more often than chance would have it.
        int node = random.nextInt(3) > 0 ? leader : 1 + random.nextInt(3);
        answers.takeLongestGapMillis();
        strike(cluster, fault, node);
        awaitAnswers();
        LOG.info(
            "{} of {}: at most {} ms without an answer",
            fault,
            node == leader ? "the leader" : "another",
            answers.takeLongestGapMillis());
      }
      for (ChaosClient client : clients) {
        client.stop();
      }
    }
    LOG.info("{} operations, {} answered", history.size(), answers.counted());
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
    long wanted = answers.counted() + ANSWERS_WITHOUT;
    Awaitility.await("answers, chaos.seed=" + SEED)
        .atMost(ClusterUnderTest.PATIENCE)
        .until(() -> answers.counted() >= wanted);
  }
}
