package dev.flotilla.sim.cluster;

/** A write and a read of one key that must succeed now that everything works again. */
final class ClosingWrite {
  private final SimClient client;
  private final String key;

  ClosingWrite(ClientModel clients, String key) {
    this.client = clients.closingClient();
    this.key = key;
  }

  String key() {
    return key;
  }

  boolean isDone() {
    return client.done() >= 2;
  }

  /** Goes on unless an attempt is on its way. */
  void tryAgain() {
    if (!isDone() && client.isIdle()) {
      client.closing(key);
    }
  }
}
