package dev.flotilla.coprocessor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.KeyRange;
import dev.flotilla.coprocessor.api.RegionData;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The data that goes with a batch, which is read in pages. */
class ShownBatchTest {
  private static final int PAIRS = 600;

  /** Keys of four digits, each its own value. */
  private static final class Numbers implements RegionSource.Opened {
    private final TreeSet<String> keys = new TreeSet<>();

    Numbers() {
      for (int i = 0; i < PAIRS; i++) {
        keys.add(String.valueOf(1000 + i));
      }
    }

    @Override
    public long index() {
      return 9;
    }

    @Override
    public @Nullable ByteString get(ByteString key) {
      return key;
    }

    @Override
    public void scan(ByteString start, ByteString end, Visitor visitor) {
      for (String key : keys.tailSet(start.toStringUtf8())) {
        ByteString bytes = ByteString.copyFromUtf8(key);
        if (!visitor.visit(bytes, bytes)) {
          return;
        }
      }
    }

    @Override
    public void close() {
      keys.clear();
    }
  }

  @AutoClose
  private final ShownBatch batch =
      new ShownBatch(AppliedCommands.at(Commands.REGION, 9), region -> new Numbers());

  private List<String> scan(int limit) {
    RegionData data = Objects.requireNonNull(batch.data());
    List<String> found = new ArrayList<>();
    data.scan(
        new KeyRange(Bytes.empty(), Bytes.empty()),
        (key, value) -> {
          found.add(key.toUtf8());
          return found.size() < limit;
        });
    return found;
  }

  @Test
  void eachPairComesOnceAcrossPages() {
    assertThat(scan(PAIRS + 1)).hasSize(PAIRS).doesNotHaveDuplicates().isSorted();
  }

  @Test
  void aScanEndsWhereTheVisitorSays() {
    assertThat(scan(1)).containsExactly("1000");
    assertThat(scan(300)).hasSize(300).endsWith("1299");
  }
}
