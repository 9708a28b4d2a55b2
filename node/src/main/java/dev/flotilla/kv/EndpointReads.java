package dev.flotilla.kv;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.EndpointData;
import dev.flotilla.coprocessor.EndpointQuery;
import dev.flotilla.coprocessor.EndpointQuery.Range;
import dev.flotilla.coprocessor.ReadCall;
import dev.flotilla.coprocessor.ReadPair;
import dev.flotilla.engine.Cf;
import dev.flotilla.proto.kvrpcpb.KeyRange;
import dev.flotilla.proto.kvrpcpb.RawCoprocessorRequest;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Regions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Lets a plugin's endpoint read a region, for a time. On the read pool. */
final class EndpointReads implements EndpointData {
  /** Other reads wait behind it. */
  static final long SECONDS_MAX = 10;

  /** Pairs that observers are asked about at once: each may be large. */
  private static final int PAGE = 16;

  /** Pairs between two looks at the clock. */
  private static final int TICK = 64;

  private static final String CF = "";
  private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

  private final RegionSnapshot snapshot;
  private final @Nullable Pairs observed;
  private final Clock clock;
  private final long secondsMax;
  private final long end;
  private int looked;

  /**
   * @param snapshot from now on its scans end when time is up, those of {@code observed} as well
   * @param observed the same data as observers let it be seen; null when nobody observes
   */
  EndpointReads(RegionSnapshot snapshot, @Nullable Pairs observed, Clock clock) {
    this(snapshot, observed, clock, SECONDS_MAX);
  }

  /**
   * The same for another time than {@link #SECONDS_MAX}.
   *
   * @param secondsMax from now on
   */
  EndpointReads(RegionSnapshot snapshot, @Nullable Pairs observed, Clock clock, long secondsMax) {
    this.snapshot = snapshot;
    this.observed = observed;
    this.clock = clock;
    this.secondsMax = secondsMax;
    this.end = clock.nanos() + secondsMax * 1_000_000_000;
    snapshot.atEachPair(this::onPair);
  }

  private void onPair() {
    if (++looked % TICK == 0) {
      checkTime();
    }
  }

  /**
   * What {@code request} asks of {@code region}. A range that goes on behind the region ends with
   * it: the client asks there as well.
   *
   * @throws Refusal.KeyNotInRegion when a range begins in another region
   */
  static EndpointQuery query(RawCoprocessorRequest request, Region region) {
    List<Range> ranges = new ArrayList<>();
    for (KeyRange range : request.getRangesList()) {
      Regions.checkKey(range.getStartKey(), region);
      ranges.add(new Range(range.getStartKey(), clamp(range.getEndKey(), region)));
    }
    return new EndpointQuery(
        request.getCoprName(), request.getCoprVersionReq(), ranges, request.getData());
  }

  private static ByteString clamp(ByteString end, Region region) {
    ByteString last = region.getEndKey();
    boolean reachesOut = end.isEmpty() || (!last.isEmpty() && Regions.compare(end, last) > 0);
    return reachesOut ? last : end;
  }

  @Override
  public @Nullable ByteString get(ByteString key) {
    if (!Regions.contains(snapshot.region(), key)) {
      // Not a refusal, after which the client would ask again.
      throw new IllegalArgumentException("key is not in region " + snapshot.region().getId());
    }
    checkTime();
    if (observed != null) {
      return observed.get(CF, key);
    }
    byte[] stored = snapshot.get(Cf.DEFAULT, key);
    return stored == null ? null : RegionSnapshot.value(stored);
  }

  @Override
  public void scan(ByteString start, ByteString end, Visitor visitor) {
    checkTime();
    ByteString last = clamp(end, snapshot.region());
    if (isEmpty(start, last)) {
      return;
    }
    if (observed != null) {
      scanObserved(observed, start, last, visitor);
      return;
    }
    snapshot.scan(
        Cf.DEFAULT, start, last, (key, stored) -> visitor.visit(key, RegionSnapshot.value(stored)));
  }

  private static void scanObserved(
      Pairs observed, ByteString start, ByteString end, Visitor visitor) {
    ByteString next = start;
    while (!isEmpty(next, end)) {
      List<ReadPair> page = observed.scan(new ReadCall.Scan(CF, next, end, PAGE, false, false));
      for (ReadPair pair : page) {
        if (!visitor.visit(pair.key(), Objects.requireNonNull(pair.value()))) {
          return;
        }
        next = pair.key().concat(ZERO);
      }
      if (page.size() < PAGE) {
        return;
      }
    }
  }

  private static boolean isEmpty(ByteString start, ByteString end) {
    return !end.isEmpty() && Regions.compare(start, end) >= 0;
  }

  private void checkTime() {
    if (clock.nanos() - end > 0) {
      throw new TimeUp("the query took more than " + secondsMax + " s");
    }
  }
}
