package dev.flotilla.coprocessor;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.QueryKind;
import dev.flotilla.proto.metapb.Region;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A read of single keys before it is done. */
final class GetDraft extends ReadDraft {
  private ReadCall.Get kept;
  private ByteString @Nullable [] edited;

  GetDraft(CallSpan span, Region region, ReadCall.Get call) {
    super(span, region);
    this.kept = call;
  }

  @Override
  ReadCall result() {
    return kept;
  }

  private List<ByteString> keys() {
    return edited != null ? Arrays.asList(edited) : kept.keys();
  }

  @Override
  public int size() {
    return kept.keys().size();
  }

  @Override
  public QueryKind kind(int index) {
    return QueryKind.GET;
  }

  @Override
  public String cf(int index) {
    return kept.cf();
  }

  @Override
  public Bytes key(int index) {
    return ProtoBytes.of(keys().get(index));
  }

  @Override
  public Bytes endKey(int index) {
    return Bytes.empty();
  }

  @Override
  public int limit(int index) {
    return 0;
  }

  @Override
  public boolean keyOnly(int index) {
    return false;
  }

  @Override
  public boolean reverse(int index) {
    return false;
  }

  @Override
  public void setKey(int index, Bytes key) {
    span.check();
    if (edited == null) {
      edited = kept.keys().toArray(ByteString[]::new);
    }
    edited[index] = proto(key);
  }

  @Override
  public void setEndKey(int index, Bytes endKey) {
    throw unknown("end key");
  }

  @Override
  public void setLimit(int index, int limit) {
    throw unknown("limit");
  }

  @Override
  public boolean isAltered() {
    return edited != null;
  }

  @Override
  public void check() {
    if (edited != null) {
      for (int i = 0; i < edited.length; i++) {
        if (!edited[i].equals(kept.keys().get(i))) {
          InvalidEdit.checkKey(region, edited[i]);
        }
      }
    }
  }

  @Override
  public boolean keep() {
    if (edited == null) {
      return false;
    }
    kept = new ReadCall.Get(kept.cf(), Arrays.asList(edited));
    edited = null;
    return true;
  }

  @Override
  public void drop() {
    edited = null;
  }
}
