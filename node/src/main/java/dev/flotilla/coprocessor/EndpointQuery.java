package dev.flotilla.coprocessor;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.KeyRange;
import java.util.List;

/**
 * What a client asks of an endpoint.
 *
 * @param endpoint the plugin's id
 * @param versions which of its versions may answer, as {@link EndpointVersions} takes it
 * @param ranges within the region
 */
public record EndpointQuery(
    String endpoint, String versions, List<Range> ranges, ByteString request) {

  public EndpointQuery {
    ranges = List.copyOf(ranges);
  }

  /**
   * Keys.
   *
   * @param end exclusive; empty means no upper bound
   */
  public record Range(ByteString start, ByteString end) {}

  List<KeyRange> shownRanges() {
    return ranges.stream()
        .map(range -> new KeyRange(ProtoBytes.of(range.start()), ProtoBytes.of(range.end())))
        .toList();
  }

  Bytes shownRequest() {
    return ProtoBytes.of(request);
  }
}
