package dev.flotilla.coprocessor;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.ReadResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a read found, before the client is told; the edits of a call are kept or dropped as one. */
final class FoundDraft implements ReadResult, Edits {
  private final CallSpan span = new CallSpan();
  private final List<ReadPair> base;
  private ReadPair @Nullable [] kept;
  private ReadPair @Nullable [] edited;

  FoundDraft(List<ReadPair> base) {
    this.base = base;
  }

  /** The list itself, or a new one when it was edited; of a scan without the hidden pairs. */
  List<ReadPair> result(boolean scan) {
    if (kept == null) {
      return base;
    }
    List<ReadPair> pairs = new ArrayList<>(Arrays.asList(kept));
    if (scan) {
      pairs.removeIf(pair -> pair.value() == null);
    }
    return pairs;
  }

  private ReadPair pair(int index) {
    if (edited != null) {
      return edited[index];
    }
    return kept != null ? kept[index] : base.get(index);
  }

  private void edit(int index, ByteString key, @Nullable ByteString value) {
    span.check();
    if (edited == null) {
      edited = kept != null ? kept.clone() : base.toArray(ReadPair[]::new);
    }
    edited[index] = new ReadPair(key, value);
  }

  @Override
  public int size() {
    return base.size();
  }

  @Override
  public Bytes key(int index) {
    return ProtoBytes.of(pair(index).key());
  }

  @Override
  public boolean isPresent(int index) {
    return pair(index).value() != null;
  }

  @Override
  public Bytes value(int index) {
    ByteString value = pair(index).value();
    return value == null ? Bytes.empty() : ProtoBytes.of(value);
  }

  @Override
  public void setKey(int index, Bytes key) {
    edit(index, ProtoBytes.toProto(key), pair(index).value());
  }

  @Override
  public void setValue(int index, Bytes value) {
    edit(index, pair(index).key(), ProtoBytes.toProto(value));
  }

  @Override
  public void hide(int index) {
    edit(index, pair(index).key(), null);
  }

  @Override
  public CallSpan span() {
    return span;
  }

  @Override
  public void check() {
    // An answer cannot be broken: any bytes are a key or a value.
  }

  @Override
  public boolean keep() {
    if (edited == null) {
      return false;
    }
    kept = edited;
    edited = null;
    return true;
  }

  @Override
  public void drop() {
    edited = null;
  }
}
