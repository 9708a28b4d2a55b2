package dev.flotilla.client;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** The log of the connections that the tools make. */
public final class TransportLog {
  private TransportLog() {}

  /**
   * Turns it off, unless the logging configuration says something of it: what befell a connection
   * is told with the request that needed it, in words.
   */
  public static void mute() {
    if (LoggerFactory.getLogger("io.vertx") instanceof Logger logger && logger.getLevel() == null) {
      logger.setLevel(Level.OFF);
    }
  }
}
