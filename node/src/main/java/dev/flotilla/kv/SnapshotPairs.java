package dev.flotilla.kv;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.ReadCall;
import dev.flotilla.coprocessor.ReadPair;
import dev.flotilla.engine.Cf;
import dev.flotilla.raftstore.Refusal;
import java.util.ArrayList;
import java.util.List;

/** Pairs as they lie in a region's snapshot. */
final class SnapshotPairs implements Pairs {
  private final RegionSnapshot snapshot;
  private final long bytesMax;

  /**
   * @param bytesMax of what is found at once; a read of more is refused
   */
  SnapshotPairs(RegionSnapshot snapshot, long bytesMax) {
    this.snapshot = snapshot;
    this.bytesMax = bytesMax;
  }

  @Override
  public List<ReadPair> get(ReadCall.Get call) {
    Cf cf = family(call.cf());
    List<ReadPair> found = new ArrayList<>(call.keys().size());
    AnswerSize size = new AnswerSize(bytesMax);
    for (ByteString key : call.keys()) {
      byte[] stored = snapshot.get(cf, key);
      ReadPair pair = new ReadPair(key, stored == null ? null : RegionSnapshot.value(stored));
      size.add(pair);
      found.add(pair);
    }
    return found;
  }

  @Override
  public List<ReadPair> scan(ReadCall.Scan call) {
    List<ReadPair> found = new ArrayList<>();
    if (call.limit() == 0) {
      return found;
    }
    AnswerSize size = new AnswerSize(bytesMax);
    RegionSnapshot.Visitor visitor =
        (key, stored) -> {
          ReadPair pair =
              new ReadPair(key, call.keyOnly() ? ByteString.EMPTY : RegionSnapshot.value(stored));
          size.add(pair);
          found.add(pair);
          return found.size() < call.limit();
        };
    if (call.reverse()) {
      snapshot.reverseScan(family(call.cf()), call.start(), call.end(), visitor);
    } else {
      snapshot.scan(family(call.cf()), call.start(), call.end(), visitor);
    }
    return found;
  }

  /** The column family of that name. */
  static Cf family(String name) {
    return Cf.of(name)
        .filter(Cf::isUserData)
        .orElseThrow(() -> new Refusal.Invalid("unknown column family " + name));
  }
}
