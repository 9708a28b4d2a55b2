package dev.flotilla.node;

import dev.flotilla.config.HostPort;

/** A node does not start as it is configured. The text is for the operator, who can change it. */
final class StartRefused extends RuntimeException {
  StartRefused(String message) {
    super(message);
  }

  StartRefused(String message, Throwable cause) {
    super(message, cause);
  }

  static StartRefused cannotListen(HostPort addr, Throwable failure) {
    return new StartRefused(
        "cannot listen on " + addr + ", is it taken? (" + failure.getMessage() + ")", failure);
  }
}
