package dev.flotilla.coprocessor;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.KeyRange;
import dev.flotilla.coprocessor.api.RegionData;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A region's data, lent to a plugin that may take its time. What it reads it reads in pages, and
 * looks at them without a lock: whoever takes the data away waits for a page, not for the plugin.
 */
final class LentData implements RegionData, AutoCloseable {
  private static final int PAGE_PAIRS = 256;
  private static final long PAGE_BYTES = 1 << 20;
  private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

  private final RegionSource.Opened data;
  private final long index;

  /** Not this: the plugin has that, and may hold its lock for ever. */
  private final Object lock = new Object();

  private boolean closed;

  /** Owns {@code data}. */
  LentData(RegionSource.Opened data) {
    this.data = data;
    this.index = data.index();
  }

  @Override
  public long index() {
    return index;
  }

  @Override
  public @Nullable Bytes get(Bytes key) {
    synchronized (lock) {
      check();
      ByteString value = data.get(ProtoBytes.toProto(key));
      return value == null ? null : ProtoBytes.of(value);
    }
  }

  @Override
  public void scan(KeyRange range, Visitor visitor) {
    ByteString end = ProtoBytes.toProto(range.end());
    ByteString next = ProtoBytes.toProto(range.start());
    while (next != null) {
      Page page = page(next, end);
      for (ReadPair pair : page.pairs) {
        if (!visitor.visit(ProtoBytes.of(pair.key()), ProtoBytes.of(page.value(pair)))) {
          return;
        }
      }
      next = page.next;
    }
  }

  private Page page(ByteString start, ByteString end) {
    synchronized (lock) {
      check();
      Page page = new Page();
      data.scan(start, end, page);
      return page;
    }
  }

  private static final class Page implements EndpointData.Visitor {
    final List<ReadPair> pairs = new ArrayList<>();
    private long bytes;

    /** Where the next page begins; null when this is the last. */
    @Nullable ByteString next;

    @Override
    public boolean visit(ByteString key, ByteString value) {
      pairs.add(new ReadPair(key, value));
      bytes += key.size() + value.size();
      if (pairs.size() < PAGE_PAIRS && bytes < PAGE_BYTES) {
        return true;
      }
      next = key.concat(ZERO);
      return false;
    }

    ByteString value(ReadPair pair) {
      ByteString value = pair.value();
      return value == null ? ByteString.EMPTY : value;
    }
  }

  private void check() {
    if (closed) {
      throw new IllegalStateException("valid only during the call that brought it");
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      if (!closed) {
        closed = true;
        data.close();
      }
    }
  }
}
