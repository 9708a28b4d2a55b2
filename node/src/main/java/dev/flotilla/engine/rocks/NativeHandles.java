package dev.flotilla.engine.rocks;

import java.util.ArrayDeque;
import org.rocksdb.AbstractNativeReference;

/** Native objects that end together, the youngest first, since it may refer to older ones. */
final class NativeHandles implements AutoCloseable {
  private final ArrayDeque<AbstractNativeReference> handles = new ArrayDeque<>();

  /** Takes over the handle and returns it. */
  <T extends AbstractNativeReference> T own(T handle) {
    handles.push(handle);
    return handle;
  }

  @Override
  public void close() {
    while (!handles.isEmpty()) {
      handles.pop().close();
    }
  }
}
