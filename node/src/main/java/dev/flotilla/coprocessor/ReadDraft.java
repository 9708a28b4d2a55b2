package dev.flotilla.coprocessor;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.QueryBatch;
import dev.flotilla.proto.metapb.Region;

/** A read before it is done; the edits of a call are kept or dropped together. */
abstract class ReadDraft implements QueryBatch, Edits {
  final CallSpan span;
  final Region region;

  ReadDraft(CallSpan span, Region region) {
    this.span = span;
    this.region = region;
  }

  static ReadDraft of(CallSpan span, Region region, ReadCall call) {
    return call instanceof ReadCall.Get get
        ? new GetDraft(span, region, get)
        : new ScanDraft(span, region, (ReadCall.Scan) call);
  }

  /** The call itself, or a new one when it was edited. */
  abstract ReadCall result();

  @Override
  public final Bytes value(int index) {
    return Bytes.empty();
  }

  @Override
  public final long ttlSeconds(int index) {
    return 0;
  }

  @Override
  public final Bytes expected(int index) {
    return Bytes.empty();
  }

  @Override
  public final boolean expectedAbsent(int index) {
    return false;
  }

  @Override
  public final void setValue(int index, Bytes value) {
    throw unknown("value");
  }

  @Override
  public final void setTtlSeconds(int index, long ttlSeconds) {
    throw unknown("time to live");
  }

  @Override
  public final void setExpected(int index, Bytes expected) {
    throw unknown("expected value");
  }

  static UnsupportedOperationException unknown(String part) {
    return new UnsupportedOperationException("this read has no " + part);
  }

  static ByteString proto(Bytes bytes) {
    return ProtoBytes.toProto(bytes);
  }
}
