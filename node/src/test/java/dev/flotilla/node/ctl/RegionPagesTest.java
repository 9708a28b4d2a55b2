package dev.flotilla.node.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.pdpb.Region;
import io.vertx.core.Future;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegionPagesTest {
  private static final int REGIONS = 7;

  /** A limit of 1000 hid the rest from whoever read the list by a program. */
  @ParameterizedTest(name = "pages of {0}, at most {1}")
  @CsvSource({"1, 2147483647, 7", "3, 2147483647, 7", "7, 8, 7", "100, 7, 7", "3, 5, 5", "3, 1, 1"})
  void allRegionsAreFoundOnce(int size, int limit, int found) {
    assertThat(new RegionPages(RegionPagesTest::page, size).first(limit).result())
        .extracting(region -> region.getRegion().getId())
        .containsExactlyElementsOf(IntStream.range(0, found).mapToObj(Long::valueOf).toList());
  }

  private static Future<List<Region>> page(ByteString start, int limit) {
    int from = start.isEmpty() ? 0 : start.byteAt(0);
    int to = Math.min(REGIONS, from + limit);
    return Future.succeededFuture(
        IntStream.range(from, to).mapToObj(RegionPagesTest::region).toList());
  }

  private static Region region(int number) {
    Region.Builder region = Region.newBuilder();
    region.getRegionBuilder().setId(number);
    if (number < REGIONS - 1) {
      region.getRegionBuilder().setEndKey(ByteString.copyFrom(new byte[] {(byte) (number + 1)}));
    }
    return region.build();
  }
}
