package dev.flotilla.node;

import ch.qos.logback.classic.LoggerContext;
import dev.flotilla.config.NodeConfig;
import dev.flotilla.verticle.FaultHandler;
import io.vertx.core.Future;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process that is a node: start, signals, stop, and the end after a fault. */
final class NodeProcess {
  /** Begins the line, on standard output, that names the address where clients are served. */
  static final String SERVING = "flotilla is serving on ";

  private static final Logger LOG = LoggerFactory.getLogger(NodeProcess.class);

  /** Beyond the time for clients' calls: workers finish and memory tables are written. */
  private static final Duration STOP_MARGIN = Duration.ofSeconds(60);

  private final NodeConfig config;
  private final PrintWriter out;
  private final CountDownLatch stopAsked = new CountDownLatch(1);

  NodeProcess(NodeConfig config, PrintWriter out) {
    this.config = config;
    this.out = out;
  }

  /**
   * Runs until a signal, or the end of the {@code flotilla dev} that it belongs to, asks for the
   * end.
   *
   * @return {@link Exit} status
   */
  int run() throws InterruptedException {
    StopSignals.onStop(stopAsked::countDown);
    DevParent.onEnd(stopAsked::countDown);
    FaultHandler onFault = NodeProcess::onFault;
    Future<Node> started =
        Node.create(config, onFault)
            .compose(node -> node.start().map(node))
            .onSuccess(this::announce)
            .onFailure(failure -> stopAsked.countDown());
    stopAsked.await();
    if (started.failed()) {
      return failedStart(started.cause());
    }
    if (!started.isComplete()) {
      // A start can be broken off at any point as a crash can; only the exit status differs.
      say("stopped before it served");
      halt(Exit.CLEAN);
    }
    return stop(started.result());
  }

  private void announce(Node node) {
    say("data in " + config.storage().dataDir().toAbsolutePath().normalize());
    node.description().forEach(this::say);
    say(SERVING + node.address());
  }

  private static int failedStart(Throwable failure) {
    LOG.debug("start failed", failure);
    Failure described = Failure.of(failure);
    System.err.println("flotilla: cannot start: " + described.text());
    return described.exit();
  }

  private int stop(Node node) throws InterruptedException {
    say("stopping");
    Duration limit = config.server().drainTimeout().plus(STOP_MARGIN);
    try {
      node.stop().await(limit.toMillis(), TimeUnit.MILLISECONDS);
      say("stopped");
      return Exit.CLEAN;
    } catch (TimeoutException e) {
      LOG.error("stop took longer than {}", limit);
      return Exit.FAULT;
    } catch (RuntimeException e) {
      LOG.error("stop failed", e);
      return Exit.FAULT;
    }
  }

  private void say(String line) {
    out.println(line);
    out.flush();
  }

  /** Nothing else may happen after a fault: no answer, no orderly stop, no shutdown hook. */
  private static void onFault(String where, Throwable fault) {
    LOG.error("{} cannot go on, the process ends", where, fault);
    halt(Exit.FAULT);
  }

  private static void halt(int status) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logback) {
      // Writes out what appenders hold back.
      logback.stop();
    }
    Runtime.getRuntime().halt(status);
  }
}
