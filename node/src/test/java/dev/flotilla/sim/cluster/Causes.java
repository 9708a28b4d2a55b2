package dev.flotilla.sim.cluster;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Texts of failures. */
final class Causes {
  private Causes() {}

  static String of(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
