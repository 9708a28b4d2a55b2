package dev.flotilla.coprocessor.api.testkit;

import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.ReadResult;
import dev.flotilla.coprocessor.api.ResponseEditor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a read found or an applied write is answered with. */
final class FakeResult extends Borrowed implements ReadResult, ResponseEditor {
  private final List<Bytes> keys;
  private final List<@Nullable Bytes> values;
  private final List<Boolean> succeeded;
  private boolean altered;

  FakeResult(List<Bytes> keys, List<@Nullable Bytes> values, List<Boolean> succeeded) {
    this.keys = new ArrayList<>(keys);
    this.values = new ArrayList<>(values);
    this.succeeded = succeeded;
  }

  Outcome outcome(Object asked) {
    return new Outcome(asked, keys, values, altered, null, null);
  }

  @Override
  public int size() {
    checkLent();
    return keys.size();
  }

  @Override
  public Bytes key(int index) {
    checkLent();
    return keys.get(index);
  }

  @Override
  public boolean isPresent(int index) {
    checkLent();
    return values.get(index) != null;
  }

  @Override
  public boolean hasValue(int index) {
    return isPresent(index);
  }

  @Override
  public Bytes value(int index) {
    checkLent();
    Bytes value = values.get(index);
    return value == null ? Bytes.empty() : value;
  }

  @Override
  public void setKey(int index, Bytes key) {
    checkLent();
    keys.set(index, key);
    altered = true;
  }

  @Override
  public void setValue(int index, Bytes value) {
    checkLent();
    values.set(index, value);
    altered = true;
  }

  @Override
  public void hide(int index) {
    checkLent();
    values.set(index, null);
    altered = true;
  }

  @Override
  public boolean isProposer() {
    checkLent();
    return true;
  }

  @Override
  public boolean succeeded(int index) {
    checkLent();
    return succeeded.get(index);
  }
}
