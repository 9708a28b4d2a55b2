package dev.flotilla.coprocessor;

import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.KeyRange;
import dev.flotilla.coprocessor.api.RegionReader;
import org.jspecify.annotations.Nullable;

/**
 * A region's data, lent to a plugin for a call. Its lock keeps a thread of the plugin's own from
 * reading what is no longer open, which would end the process.
 */
final class LentReader implements RegionReader, AutoCloseable {
  private final EndpointData data;
  private boolean closed;

  LentReader(EndpointData data) {
    this.data = data;
  }

  @Override
  public synchronized @Nullable Bytes get(Bytes key) {
    check();
    var value = data.get(ProtoBytes.toProto(key));
    return value == null ? null : ProtoBytes.of(value);
  }

  @Override
  public synchronized void scan(KeyRange range, Visitor visitor) {
    check();
    data.scan(
        ProtoBytes.toProto(range.start()),
        ProtoBytes.toProto(range.end()),
        (key, value) -> visitor.visit(ProtoBytes.of(key), ProtoBytes.of(value)));
  }

  private void check() {
    if (closed) {
      throw new IllegalStateException("valid only during the call that brought it");
    }
  }

  /** Waits for a read under way on another thread. */
  @Override
  public synchronized void close() {
    closed = true;
  }
}
