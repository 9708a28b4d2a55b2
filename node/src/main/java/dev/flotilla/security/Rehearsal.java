package dev.flotilla.security;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/**
 * The handshake of somebody who calls this process at a host, in memory: what he would not believe
 * shows before he calls, and to those who can put it right.
 */
final class Rehearsal {
  /** More than any handshake takes. */
  private static final int STEPS_MAX = 1000;

  private final SSLEngine caller;
  private final SSLEngine called;

  private Rehearsal(SSLContext context, String host) {
    // The number of the port is not in any certificate.
    caller = context.createSSLEngine(host, 1);
    caller.setUseClientMode(true);
    SSLParameters parameters = caller.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    caller.setSSLParameters(parameters);
    called = context.createSSLEngine();
    called.setUseClientMode(false);
  }

  /**
   * Has {@code context} called at {@code host} by one who believes the same authorities.
   *
   * @throws SSLException saying what he does not believe
   */
  static void of(SSLContext context, String host) throws SSLException {
    new Rehearsal(context, host).run();
  }

  private void run() throws SSLException {
    Way there = new Way(caller, called);
    Way back = new Way(called, caller);
    caller.beginHandshake();
    called.beginHandshake();
    for (int step = 0; step < STEPS_MAX; step++) {
      there.step();
      back.step();
      if (caller.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING) {
        return;
      }
    }
    throw new SSLException("the handshake does not end");
  }

  /** From one to the other, as far as they have something to say now. */
  private static final class Way {
    private final SSLEngine from;
    private final SSLEngine to;
    private final ByteBuffer packets;
    private final ByteBuffer read;

    Way(SSLEngine from, SSLEngine to) {
      this.from = from;
      this.to = to;
      this.packets = ByteBuffer.allocate(4 * from.getSession().getPacketBufferSize());
      this.read = ByteBuffer.allocate(to.getSession().getApplicationBufferSize());
    }

    void step() throws SSLException {
      work(from);
      if (from.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
        from.wrap(ByteBuffer.allocate(0), packets);
      }
      packets.flip();
      SSLEngineResult result;
      do {
        result = to.unwrap(packets, read);
        work(to);
      } while (packets.hasRemaining() && result.bytesConsumed() > 0);
      packets.compact();
    }

    private static void work(SSLEngine engine) {
      for (Runnable task = engine.getDelegatedTask();
          task != null;
          task = engine.getDelegatedTask()) {
        task.run();
      }
    }
  }
}
