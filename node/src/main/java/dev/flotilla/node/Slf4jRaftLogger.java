package dev.flotilla.node;

import dev.flotilla.raft.RaftLogger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What raft says goes to the log {@code dev.flotilla.raft}. A store may have thousands of regions,
 * and when it loses its connections all of them warn of the same: beyond the first lines of a
 * second, warnings are counted, and said at level debug only. Thread-safe.
 */
final class Slf4jRaftLogger implements RaftLogger {
  private static final Logger LOG = LoggerFactory.getLogger("dev.flotilla.raft");

  /** Warnings of a second that are logged one by one. */
  static final int LINES_MAX = 10;

  private final Consumer<Runnable> inASecond;
  private int warnings;

  /**
   * @param inASecond runs a task a second later
   */
  Slf4jRaftLogger(Consumer<Runnable> inASecond) {
    this.inASecond = inASecond;
  }

  @Override
  public boolean isEnabled(Level level) {
    return LOG.isEnabledForLevel(toSlf4j(level));
  }

  @Override
  public void log(Level level, String text) {
    boolean oneOfMany = level == Level.WARN && !isAmongFirst();
    LOG.atLevel(oneOfMany ? org.slf4j.event.Level.DEBUG : toSlf4j(level)).log(text);
  }

  private synchronized boolean isAmongFirst() {
    if (warnings == 0) {
      inASecond.accept(this::sumUp);
    }
    warnings++;
    return warnings <= LINES_MAX;
  }

  private synchronized void sumUp() {
    if (warnings > LINES_MAX) {
      LOG.warn("{} more warnings like these within a second", warnings - LINES_MAX);
    }
    warnings = 0;
  }

  private static org.slf4j.event.Level toSlf4j(Level level) {
    return switch (level) {
      // One line for every region at every start; an operator of thousands wants none of it.
      case DEBUG, INFO -> org.slf4j.event.Level.DEBUG;
      case WARN -> org.slf4j.event.Level.WARN;
      case ERROR -> org.slf4j.event.Level.ERROR;
    };
  }
}
