package dev.flotilla.kv;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.ReadCall;
import dev.flotilla.coprocessor.ReadPair;
import dev.flotilla.raftstore.Regions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pairs as observers let them be seen: they may change what is asked and what is answered. */
final class ObservedPairs implements Pairs {
  private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

  private final Pairs pairs;
  private final RegionSnapshot snapshot;
  private final CoprocessorHost coprocessors;
  private final long bytesMax;

  /**
   * @param bytesMax of what clients are told, by all pages of a scan: observers may make it more
   *     than what was found
   */
  ObservedPairs(Pairs pairs, RegionSnapshot snapshot, CoprocessorHost coprocessors, long bytesMax) {
    this.pairs = pairs;
    this.snapshot = snapshot;
    this.coprocessors = coprocessors;
    this.bytesMax = bytesMax;
  }

  @Override
  public List<ReadPair> get(ReadCall.Get call) {
    ReadCall.Get edited = (ReadCall.Get) before(call);
    List<ReadPair> shown = after(edited, pairs.get(edited));
    AnswerSize size = new AnswerSize(bytesMax);
    shown.forEach(size::add);
    return shown;
  }

  @Override
  public @Nullable ByteString locate(String cf, ByteString key) {
    ReadCall.Get edited = (ReadCall.Get) before(ReadCall.Get.of(cf, key));
    boolean shown = after(edited, pairs.get(edited)).get(0).value() != null;
    return shown ? edited.keys().get(0) : null;
  }

  /**
   * Observers may hide pairs. A page that comes back short is gone on with behind the last pair
   * found: to a client a short page means that the region has no more.
   */
  @Override
  public List<ReadPair> scan(ReadCall.Scan call) {
    ReadCall.Scan page = (ReadCall.Scan) before(call);
    int pageMax = page.limit();
    if (pageMax > call.limit()) {
      page = page.withLimit(call.limit());
    }
    List<ReadPair> answer = new ArrayList<>();
    AnswerSize size = new AnswerSize(bytesMax);
    while (true) {
      List<ReadPair> found = pairs.scan(page);
      List<ReadPair> shown = after(page, found);
      shown.forEach(size::add);
      answer.addAll(shown);
      int left = call.limit() - answer.size();
      if (found.size() < page.limit() || left <= 0) {
        return answer;
      }
      page = behind(page, found.get(found.size() - 1).key(), Math.min(left, pageMax));
      if (!page.reverse() && isAtEnd(page.start())) {
        return answer;
      }
    }
  }

  /** What follows the last key may be another region's. */
  private boolean isAtEnd(ByteString start) {
    ByteString end = snapshot.region().getEndKey();
    return !end.isEmpty() && Regions.compare(start, end) >= 0;
  }

  private static ReadCall.Scan behind(ReadCall.Scan page, ByteString last, int limit) {
    return page.reverse()
        ? new ReadCall.Scan(page.cf(), page.start(), last, limit, page.keyOnly(), true)
        : new ReadCall.Scan(page.cf(), last.concat(ZERO), page.end(), limit, page.keyOnly(), false);
  }

  private ReadCall before(ReadCall call) {
    return coprocessors.preRead(snapshot.region(), snapshot.term(), call);
  }

  private List<ReadPair> after(ReadCall call, List<ReadPair> found) {
    return coprocessors.postRead(snapshot.region(), snapshot.term(), call, found);
  }
}
