package dev.flotilla.connection;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Passes connections on to a port of this machine, and may forget them, as something between two
 * hosts does: what is sent by them is swallowed then, and neither end hears of it.
 */
public final class Passage {
  private final Vertx vertx;
  private final List<NetSocket> passed = new CopyOnWriteArrayList<>();

  public Passage(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Begins to pass on to {@code port}; returns the port to connect to. */
  public int open(int port) throws Exception {
    NetServer server =
        vertx
            .createNetServer()
            .connectHandler(
                caller -> {
                  caller.pause();
                  vertx
                      .createNetClient()
                      .connect(port, "127.0.0.1")
                      .onSuccess(called -> pass(caller, called));
                });
    return server.listen(0, "127.0.0.1").await(20, TimeUnit.SECONDS).actualPort();
  }

  private void pass(NetSocket caller, NetSocket called) {
    passed.add(caller);
    passed.add(called);
    caller.handler(called::write);
    called.handler(caller::write);
    caller.closeHandler(closed -> called.close());
    caller.resume();
  }

  /** Forgets the connections that there are. */
  public void forget() {
    passed.forEach(end -> end.handler(swallowed -> {}));
  }
}
