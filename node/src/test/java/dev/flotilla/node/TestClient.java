package dev.flotilla.node;

import org.tikv.common.TiConfiguration;
import org.tikv.common.TiSession;
import org.tikv.raw.RawKVClient;
import org.tikv.shade.com.google.protobuf.ByteString;

/**
 * A raw client of TiKV that can be used with try.
 *
 * @param session closed with it
 * @param raw the client
 */
record TestClient(TiSession session, RawKVClient raw) implements AutoCloseable {
  static TestClient connect(String address) {
    TiSession session = TiSession.create(TiConfiguration.createRawDefault(address));
    return new TestClient(session, session.createRawClient());
  }

  static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  @Override
  public void close() {
    try {
      raw.close();
      session.close();
    } catch (Exception e) {
      throw new IllegalStateException("client does not close", e);
    }
  }
}
