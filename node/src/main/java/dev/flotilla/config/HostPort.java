package dev.flotilla.config;

import java.util.Set;

/**
 * A host and a port.
 *
 * @param host name or address, not empty; an IPv6 address without brackets
 * @param port 0 to 65535
 */
public record HostPort(String host, int port) {
  private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "0", "::", "0:0:0:0:0:0:0:0");
  private static final Set<String> LOOPBACKS = Set.of("localhost", "::1", "0:0:0:0:0:0:0:1");

  public HostPort {
    if (host.isEmpty() || port < 0 || port > 65_535) {
      throw new IllegalArgumentException("no address: " + host + ":" + port);
    }
  }

  /**
   * Reads {@code HOST:PORT}, an IPv6 address in brackets.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  public static HostPort parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0 || colon == text.length() - 1) {
      throw new IllegalArgumentException("'" + text + "' is not HOST:PORT");
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]") && host.length() > 2) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":") || host.contains("[") || host.isBlank()) {
      throw new IllegalArgumentException("'" + text + "' is not HOST:PORT");
    }
    int port;
    try {
      port = Integer.parseInt(text.substring(colon + 1));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' has no port number", e);
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " is not within 0 to 65535");
    }
    return new HostPort(host, port);
  }

  /** The same host with another port. */
  public HostPort withPort(int other) {
    return new HostPort(host, other);
  }

  /** Whether it stands for all interfaces of the machine; nobody can connect to such an address. */
  public boolean isWildcard() {
    return WILDCARDS.contains(host);
  }

  /**
   * What others connect to when this is listened on: a wildcard stands for any host, and {@code
   * known} is how they know this one.
   */
  public HostPort reachedAt(HostPort known) {
    return isWildcard() ? known.withPort(port) : this;
  }

  /** Whether a port that is listened on here would be that of {@code other}, too. */
  public boolean overlaps(HostPort other) {
    return port != 0
        && port == other.port
        && (host.equals(other.host) || isWildcard() || other.isWildcard());
  }

  /**
   * Whether only this machine can reach it. Judged by the text: a name that happens to resolve to a
   * loopback address today may not do so tomorrow.
   */
  public boolean isLoopback() {
    return LOOPBACKS.contains(host) || host.matches("127(\\.\\d{1,3}){3}");
  }

  @Override
  public String toString() {
    return host.contains(":") ? "[" + host + "]:" + port : host + ":" + port;
  }
}
