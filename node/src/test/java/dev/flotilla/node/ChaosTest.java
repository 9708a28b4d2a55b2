package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.client.ClusterClient;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.sim.history.History;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Processes under load while one after the other is killed, frozen or stopped: three with one
 * region, and four on which regions are split, compared, moved and drained meanwhile. What clients
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

  /** Of a fault's time, between which operators act. */
  private static final int PARTS = 3;

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

  private @Nullable ClusterUnderTest cluster;

  /** Who splits and moves regions meanwhile, if anybody does. */
  private @Nullable ChaosOperator operator;

  /** What the nodes had to say tells why clients could not carry on. */
  @RegisterExtension
  private final AfterTestExecutionCallback story =
      context -> context.getExecutionException().ifPresent(failure -> printOutput());

  private void printOutput() {
    if (cluster != null) {
      cluster.printOutput();
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (ChaosClient client : clients) {
      client.stop();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  private ClusterUnderTest cluster() {
    return Objects.requireNonNull(cluster);
  }

  @Test
  void whatClientsSeeIsLinearizable() throws Exception {
    cluster = ClusterUnderTest.of(folder, 3);
    run(3, new Random(SEED));
    assertThat(history.violations()).as("chaos.seed=" + SEED).isEmpty();
  }

  @Test
  void whatClientsSeeIsLinearizableWhileRegionsMove() throws Exception {
    Random random = new Random(SEED);
    cluster = ClusterUnderTest.of(folder, 4);
    operator =
        new ChaosOperator(
            cluster,
            () -> ByteString.copyFromUtf8(ChaosClient.anyKey(history, random)),
            new Random(random.nextLong()));
    run(4, random);
    awaitAllServed();
    assertThat(history.violations()).as("chaos.seed=" + SEED).isEmpty();
  }

  private void run(int nodes, Random random) throws Exception {
    LOG.info("chaos.seed={}", SEED);
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(
          new ChaosClient(
              i,
              cluster().addresses(1 + i % nodes),
              history,
              answers,
              new Random(random.nextLong())));
    }
    clients.forEach(ChaosClient::start);
    awaitAnswers(1);
    for (int round = 0; round < ROUNDS; round++) {
      Fault fault = FAULTS.get(random.nextInt(FAULTS.size()));
      int leader = leader();
      // Leaders more often than chance would have it.
      int node = random.nextInt(3) > 0 ? leader : 1 + random.nextInt(nodes);
      int other = 1 + node % nodes;
      answers.takeLongestGapMillis();
      strike(fault, node, other);
      awaitAnswers(other);
      LOG.info(
          "{} of {}: at most {} ms without an answer",
          fault,
          node == leader ? "the leader" : "another",
          answers.takeLongestGapMillis());
    }
    awaitOrders();
    for (ChaosClient client : clients) {
      client.stop();
    }
    LOG.info("{} operations, {} answered", history.size(), answers.counted());
  }

  /** Where the region leads that the first one has become, as soon as the driver says so. */
  private int leader() {
    return Awaitility.await()
        .atMost(ClusterUnderTest.PATIENCE)
        .ignoreExceptions()
        .until(cluster()::leader, found -> true);
  }

  private void strike(Fault fault, int node, int other) throws Exception {
    LOG.info("{} of node {}", fault, node);
    switch (fault) {
      case KILL -> {
        cluster().kill(node);
        awaitAnswers(other);
        cluster().start(node);
      }
      case FREEZE -> {
        cluster().node(node).freeze();
        awaitAnswers(other);
        cluster().node(node).thaw();
      }
      case STOP -> {
        cluster().node(node).terminate();
        assertThat(cluster().taken(node).exitStatus()).isZero();
        awaitAnswers(other);
        cluster().start(node);
      }
    }
  }

  /**
   * @param by a node that answers, for operators
   */
  private void awaitAnswers(int by) throws Exception {
    for (int part = 0; part < PARTS; part++) {
      if (operator != null) {
        operator.act(by);
      }
      long wanted = answers.counted() + ANSWERS_WITHOUT / PARTS;
      Awaitility.await("answers, chaos.seed=" + SEED)
          .atMost(ClusterUnderTest.PATIENCE)
          .until(() -> answers.counted() >= wanted);
    }
  }

  /** During the faults all orders of a kind may have come at a time when none could be taken. */
  private void awaitOrders() {
    ChaosOperator acting = operator;
    if (acting != null) {
      Awaitility.await("an order of each kind is taken, chaos.seed=" + SEED)
          .atMost(ClusterUnderTest.PATIENCE)
          .until(() -> acting.catchUp(1));
    }
  }

  /** One region that does not serve is not noticed by clients who get answers from others. */
  private void awaitAllServed() throws Exception {
    ClusterClient client = cluster().connect(1);
    try {
      Awaitility.await("every region serves, chaos.seed=" + SEED)
          .atMost(ClusterUnderTest.PATIENCE)
          .ignoreExceptions()
          .until(
              () -> {
                List<Region> regions = ChaosOperator.usersRegions(client.placement());
                for (Region region : regions) {
                  client.get(region.getStartKey()).await(5, TimeUnit.SECONDS);
                }
                return regions.size() > 1;
              });
    } finally {
      client.close().await(10, TimeUnit.SECONDS);
    }
  }
}
