package dev.flotilla.coprocessor.api.testkit;

import dev.flotilla.coprocessor.api.AppliedQuery;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.CmdBatch;
import dev.flotilla.coprocessor.api.KeyRange;
import dev.flotilla.coprocessor.api.RegionData;
import dev.flotilla.coprocessor.api.RegionView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was applied between two positions, and the data as of the later one. */
final class FakeCmdBatch extends Borrowed implements CmdBatch {
  private final FakeRegion region;
  private final long after;
  private final long last;
  private final List<AppliedQuery> writes;
  private final FakeReader reader;

  FakeCmdBatch(FakeRegion region, long after, long last, List<AppliedQuery> writes, FakeData data) {
    this.region = region;
    this.after = after;
    this.last = last;
    this.writes = List.copyOf(writes);
    this.reader = new FakeReader(data, region);
  }

  @Override
  public RegionView region() {
    checkLent();
    return region;
  }

  @Override
  public long after() {
    checkLent();
    return after;
  }

  @Override
  public long last() {
    checkLent();
    return last;
  }

  @Override
  public List<AppliedQuery> writes() {
    checkLent();
    return writes;
  }

  @Override
  public RegionData data() {
    checkLent();
    return new RegionData() {
      @Override
      public long index() {
        checkLent();
        return last;
      }

      @Override
      public @Nullable Bytes get(Bytes key) {
        checkLent();
        return reader.get(key);
      }

      @Override
      public void scan(KeyRange range, Visitor visitor) {
        checkLent();
        reader.scan(range, visitor);
      }
    };
  }
}
