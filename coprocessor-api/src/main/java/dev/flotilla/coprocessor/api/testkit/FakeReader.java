package dev.flotilla.coprocessor.api.testkit;

import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.KeyRange;
import dev.flotilla.coprocessor.api.RegionReader;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The part of the data that is in a region. */
final class FakeReader extends Borrowed implements RegionReader {
  private final FakeData data;
  private final FakeRegion region;

  FakeReader(FakeData data, FakeRegion region) {
    this.data = data;
    this.region = region;
  }

  @Override
  public @Nullable Bytes get(Bytes key) {
    checkLent();
    if (!region.contains(key)) {
      throw new IllegalArgumentException("key " + key + " is not in region " + region.id());
    }
    return data.get(key);
  }

  @Override
  public void scan(KeyRange range, Visitor visitor) {
    checkLent();
    boolean empty = !range.end().isEmpty() && range.start().compareTo(range.end()) >= 0;
    if (empty) {
      return;
    }
    for (Map.Entry<Bytes, Bytes> pair : data.range(range.start(), range.end()).entrySet()) {
      if (region.contains(pair.getKey()) && !visitor.visit(pair.getKey(), pair.getValue())) {
        return;
      }
    }
  }
}
