package dev.flotilla.coprocessor;

import dev.flotilla.engine.EngineException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Words for what a plugin threw. That is code of the plugin as well, and may fail when it is asked
 * for them.
 */
public final class Thrown {
  private static final int OVERFLOW_FRAMES = 16;

  private Thrown() {}

  /** What {@code failure} says of itself, or its class if it says nothing. */
  public static String words(Throwable failure) {
    try {
      String words = told(failure).toString();
      return words == null ? nameOf(failure) : words;
    } catch (Throwable speechless) {
      rethrowFatal(speechless);
      return nameOf(failure);
    }
  }

  /** What fails when a class is first used has nothing to say but its cause. */
  private static Throwable told(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof ExceptionInInitializerError && cause != null ? cause : failure;
  }

  /**
   * Logs {@code failure} and where it came from, as far as it lets itself be asked.
   *
   * @param line with a place for each of {@code told}
   */
  public static void log(
      Logger log, Level level, Throwable failure, String line, @Nullable Object... told) {
    try {
      if (failure instanceof StackOverflowError) {
        // Who calls himself without end says the same a thousand times.
        StackTraceElement[] trace = failure.getStackTrace();
        failure.setStackTrace(Arrays.copyOf(trace, Math.min(trace.length, OVERFLOW_FRAMES)));
      }
      log.atLevel(level).setCause(failure).log(line, told);
    } catch (Throwable speechless) {
      rethrowFatal(speechless);
      log.atLevel(level).log(line + ": " + nameOf(failure), told);
    }
  }

  private static String nameOf(Throwable failure) {
    return failure.getClass().getName();
  }

  /** A plugin may fail in any way but the ways that leave the process broken. */
  public static void rethrowFatal(Throwable failure) {
    if (failure instanceof VirtualMachineError fatal && !(failure instanceof StackOverflowError)) {
      throw fatal;
    }
    if (failure instanceof EngineException ofData) {
      // Met while the plugin read, and no failure of its own.
      throw ofData;
    }
  }
}
