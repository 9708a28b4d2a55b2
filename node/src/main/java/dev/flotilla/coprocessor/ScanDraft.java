package dev.flotilla.coprocessor;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.QueryKind;
import dev.flotilla.proto.metapb.Region;

/** A read of a range before it is done. */
final class ScanDraft extends ReadDraft {
  private ReadCall.Scan kept;
  private ReadCall.Scan scan;

  ScanDraft(CallSpan span, Region region, ReadCall.Scan call) {
    super(span, region);
    this.kept = call;
    this.scan = call;
  }

  @Override
  ReadCall result() {
    return kept;
  }

  private void edit(ByteString start, ByteString end, int limit) {
    span.check();
    scan = new ReadCall.Scan(scan.cf(), start, end, limit, scan.keyOnly(), scan.reverse());
  }

  @Override
  public int size() {
    return 1;
  }

  @Override
  public QueryKind kind(int index) {
    return QueryKind.SCAN;
  }

  @Override
  public String cf(int index) {
    return scan.cf();
  }

  @Override
  public Bytes key(int index) {
    return ProtoBytes.of(scan.start());
  }

  @Override
  public Bytes endKey(int index) {
    return ProtoBytes.of(scan.end());
  }

  @Override
  public int limit(int index) {
    return scan.limit();
  }

  @Override
  public boolean keyOnly(int index) {
    return scan.keyOnly();
  }

  @Override
  public boolean reverse(int index) {
    return scan.reverse();
  }

  @Override
  public void setKey(int index, Bytes key) {
    edit(proto(key), scan.end(), scan.limit());
  }

  @Override
  public void setEndKey(int index, Bytes endKey) {
    edit(scan.start(), proto(endKey), scan.limit());
  }

  @Override
  public void setLimit(int index, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit must be at least 1, not " + limit);
    }
    edit(scan.start(), scan.end(), limit);
  }

  @Override
  public boolean isAltered() {
    return !scan.equals(kept);
  }

  @Override
  public void check() {
    if (!scan.start().equals(kept.start()) || !scan.end().equals(kept.end())) {
      InvalidEdit.checkRange(region, kept.start(), scan.start(), kept.end(), scan.end());
    }
  }

  @Override
  public boolean keep() {
    boolean altered = isAltered();
    kept = scan;
    return altered;
  }

  @Override
  public void drop() {
    scan = kept;
  }
}
