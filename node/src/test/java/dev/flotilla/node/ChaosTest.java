package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.client.ClusterClient;
import dev.flotilla.proto.admin.OperateKind;
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
 * region, and four on which regions are split, compared and moved meanwhile. What clients saw must
 * be what a single register could have shown, key by key; each of their requests is one attempt,
 * and one without a clear answer counts as unknown.
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

  /** What goes on beside the faults. */
  private interface Duty {
    void act(int by) throws Exception;
  }

  private interface Act {
    void run() throws Exception;
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

  /** What the nodes had to say tells why clients could not carry on. */
  @RegisterExtension
  private final AfterTestExecutionCallback story =
      context -> context.getExecutionException().ifPresent(failure -> cluster().printOutput());

  @AfterEach
  void stop() throws Exception {
    cluster().close();
  }

  private ClusterUnderTest cluster() {
    return Objects.requireNonNull(cluster);
  }

  @Test
  void whatClientsSeeIsLinearizable() throws Exception {
    run(ClusterUnderTest.of(folder, 3), 3, new Random(SEED), by -> {});
    assertThat(history.violations()).as("chaos.seed=" + SEED).isEmpty();
  }

  @Test
  void whatClientsSeeIsLinearizableWhileRegionsMove() throws Exception {
    Random random = new Random(SEED);
    ClusterUnderTest four = ClusterUnderTest.of(folder, 4);
    ChaosOperator operator =
        new ChaosOperator(
            four,
            () -> ByteString.copyFromUtf8(ChaosClient.anyKey(history, random)),
            new Random(random.nextLong()));
    run(four, 4, random, operator::act);
    for (OperateKind kind : ChaosOperator.KINDS) {
      assertThat(operator.accepted(kind)).as(kind + " chaos.seed=" + SEED).isPositive();
    }
    awaitAllServed(four);
    assertThat(history.violations()).as("chaos.seed=" + SEED).isEmpty();
  }

  /**
   * @param meanwhile is done now and then, by way of a node that answers
   */
  private void run(ClusterUnderTest started, int nodes, Random random, Duty meanwhile)
      throws Exception {
    cluster = started;
    LOG.info("chaos.seed={}", SEED);
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(
          new ChaosClient(
              i,
              started.addresses(1 + i % nodes),
              history,
              answers,
              new Random(random.nextLong())));
    }
    clients.forEach(ChaosClient::start);
    awaitAnswers(() -> meanwhile.act(1));
    for (int round = 0; round < ROUNDS; round++) {
      Fault fault = FAULTS.get(random.nextInt(FAULTS.size()));
      int leader =
          Awaitility.await()
              .atMost(ClusterUnderTest.PATIENCE)
              .ignoreExceptions()
              .until(started::leader, found -> true);
      // Leaders more often than chance would have it.
      int node = random.nextInt(3) > 0 ? leader : 1 + random.nextInt(nodes);
      answers.takeLongestGapMillis();
      Act act = () -> meanwhile.act(1 + node % nodes);
      strike(fault, node, act);
      awaitAnswers(act);
      LOG.info(
          "{} of {}: at most {} ms without an answer",
          fault,
          node == leader ? "the leader" : "another",
          answers.takeLongestGapMillis());
    }
    for (ChaosClient client : clients) {
      client.stop();
    }
    LOG.info("{} operations, {} answered", history.size(), answers.counted());
  }

  private void strike(Fault fault, int node, Act meanwhile) throws Exception {
    LOG.info("{} of node {}", fault, node);
    switch (fault) {
      case KILL -> {
        cluster().kill(node);
        awaitAnswers(meanwhile);
        cluster().start(node);
      }
      case FREEZE -> {
        cluster().node(node).freeze();
        awaitAnswers(meanwhile);
        cluster().node(node).thaw();
      }
      case STOP -> {
        cluster().node(node).terminate();
        assertThat(cluster().taken(node).exitStatus()).isZero();
        awaitAnswers(meanwhile);
        cluster().start(node);
      }
    }
  }

  private void awaitAnswers(Act meanwhile) throws Exception {
    for (int part = 0; part < PARTS; part++) {
      meanwhile.run();
      long wanted = answers.counted() + ANSWERS_WITHOUT / PARTS;
      Awaitility.await("answers, chaos.seed=" + SEED)
          .atMost(ClusterUnderTest.PATIENCE)
          .until(() -> answers.counted() >= wanted);
    }
  }

  /** One region that does not serve is not noticed by clients who get answers from others. */
  private static void awaitAllServed(ClusterUnderTest cluster) throws Exception {
    ClusterClient client = cluster.connect(1);
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
