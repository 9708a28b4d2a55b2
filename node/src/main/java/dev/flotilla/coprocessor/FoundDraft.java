package dev.flotilla.coprocessor;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.ReadResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a read found, before the client is told; the edits of a call are kept or dropped as one. */
final class FoundDraft implements ReadResult, Edits {
  private final Parts<ReadPair> pairs;

  FoundDraft(CallSpan span, List<ReadPair> base) {
    this.pairs = new Parts<>(span, base);
  }

  /** The list itself, or a new one when it was edited; of a scan without the hidden pairs. */
  List<ReadPair> result(boolean scan) {
    if (!scan || !pairs.isChanged()) {
      return pairs.kept();
    }
    List<ReadPair> shown = new ArrayList<>(pairs.kept());
    shown.removeIf(pair -> pair.value() == null);
    return shown;
  }

  private void edit(int index, ByteString key, @Nullable ByteString value) {
    pairs.set(index, new ReadPair(key, value));
  }

  @Override
  public int size() {
    return pairs.size();
  }

  @Override
  public Bytes key(int index) {
    return ProtoBytes.of(pairs.get(index).key());
  }

  @Override
  public boolean isPresent(int index) {
    return pairs.get(index).value() != null;
  }

  @Override
  public Bytes value(int index) {
    ByteString value = pairs.get(index).value();
    return value == null ? Bytes.empty() : ProtoBytes.of(value);
  }

  @Override
  public void setKey(int index, Bytes key) {
    edit(index, ProtoBytes.toProto(key), pairs.get(index).value());
  }

  @Override
  public void setValue(int index, Bytes value) {
    edit(index, pairs.get(index).key(), ProtoBytes.toProto(value));
  }

  @Override
  public void hide(int index) {
    edit(index, pairs.get(index).key(), null);
  }

  @Override
  public void check() {
    // An answer cannot be broken: any bytes are a key or a value.
  }

  @Override
  public boolean keep() {
    return pairs.keep();
  }

  @Override
  public void drop() {
    pairs.drop();
  }
}
