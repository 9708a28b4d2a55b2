package dev.flotilla.node;

import dev.flotilla.raft.RaftLogger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What raft says goes to the log {@code dev.flotilla.raft}. */
final class Slf4jRaftLogger implements RaftLogger {
  private static final Logger LOG = LoggerFactory.getLogger("dev.flotilla.raft");

  @Override
  public boolean isEnabled(Level level) {
    return LOG.isEnabledForLevel(toSlf4j(level));
  }

  @Override
  public void log(Level level, String text) {
    LOG.atLevel(toSlf4j(level)).log(text);
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
