package dev.flotilla.coprocessor.api.testkit;

import dev.flotilla.coprocessor.api.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The keys and values of a fake node. Time to live is not simulated. */
final class FakeData {
  private final TreeMap<Bytes, Bytes> values = new TreeMap<>();

  /** Applies a write; the answers are values found and whether each part took effect. */
  FakeResult apply(List<FakeRequest> requests) {
    List<Bytes> keys = new ArrayList<>();
    List<@Nullable Bytes> found = new ArrayList<>();
    List<Boolean> succeeded = new ArrayList<>();
    for (FakeRequest request : requests) {
      keys.add(request.key());
      Bytes answer = null;
      boolean success = true;
      switch (request.kind()) {
        case PUT -> values.put(request.key(), request.value());
        case DELETE -> values.remove(request.key());
        case DELETE_RANGE -> range(request.key(), request.endKey()).clear();
        case COMPARE_AND_SWAP -> {
          answer = values.get(request.key());
          success = answer == null ? request.expectedAbsent() : answer.equals(request.expected());
          if (success) {
            values.put(request.key(), request.value());
          }
        }
        default -> throw new IllegalArgumentException(request.kind() + " is not applied here");
      }
      found.add(answer);
      succeeded.add(success);
    }
    return new FakeResult(keys, found, succeeded);
  }

  /** Those of {@code requests} that would change something now, or look as if they would. */
  List<FakeRequest> effective(List<FakeRequest> requests) {
    return requests.stream().filter(this::hasEffect).toList();
  }

  private boolean hasEffect(FakeRequest request) {
    Bytes found = values.get(request.key());
    return switch (request.kind()) {
      case PUT, DELETE, DELETE_RANGE -> true;
      case COMPARE_AND_SWAP ->
          found == null ? request.expectedAbsent() : found.equals(request.expected());
      default -> false;
    };
  }

  /** Does a read. */
  FakeResult read(List<FakeRequest> requests) {
    List<Bytes> keys = new ArrayList<>();
    List<@Nullable Bytes> found = new ArrayList<>();
    for (FakeRequest request : requests) {
      switch (request.kind()) {
        case GET -> {
          keys.add(request.key());
          found.add(values.get(request.key()));
        }
        case SCAN ->
            range(request.key(), request.endKey()).entrySet().stream()
                .limit(request.limit())
                .forEach(
                    pair -> {
                      keys.add(pair.getKey());
                      found.add(pair.getValue());
                    });
        default -> throw new IllegalArgumentException(request.kind() + " is no read");
      }
    }
    return new FakeResult(keys, found, List.of());
  }

  @Nullable Bytes get(Bytes key) {
    return values.get(key);
  }

  /** What lies from {@code start} on and, if {@code end} is not empty, before that. */
  Map<Bytes, Bytes> range(Bytes start, Bytes end) {
    return end.isEmpty() ? values.tailMap(start, true) : values.subMap(start, true, end, false);
  }
}
