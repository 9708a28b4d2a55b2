package dev.flotilla.config;

/**
 * A host and a port.
 *
 * @param host name or address, not empty; an IPv6 address without brackets
 * @param port 0 to 65535
 */
public record HostPort(String host, int port) {
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
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
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

  @Override
  public String toString() {
    return host.contains(":") ? "[" + host + "]:" + port : host + ":" + port;
  }
}
