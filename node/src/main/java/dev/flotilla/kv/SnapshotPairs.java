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

  SnapshotPairs(RegionSnapshot snapshot) {
    this.snapshot = snapshot;
  }

  @Override
  public List<ReadPair> get(ReadCall.Get call) {
    Cf cf = family(call.cf());
    List<ReadPair> found = new ArrayList<>(call.keys().size());
    for (ByteString key : call.keys()) {
      byte[] stored = snapshot.get(cf, key);
      found.add(new ReadPair(key, stored == null ? null : RegionSnapshot.value(stored)));
    }
    return found;
  }

  @Override
  public List<ReadPair> scan(ReadCall.Scan call) {
    List<ReadPair> found = new ArrayList<>();
    if (call.limit() == 0) {
      return found;
    }
    RegionSnapshot.Visitor visitor =
        (key, stored) -> {
          found.add(
              new ReadPair(key, call.keyOnly() ? ByteString.EMPTY : RegionSnapshot.value(stored)));
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
