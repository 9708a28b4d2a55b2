package dev.flotilla.coprocessor.api.testkit;

import dev.flotilla.coprocessor.api.AppliedQuery;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.QueryBatch;
import dev.flotilla.coprocessor.api.QueryKind;
import dev.flotilla.coprocessor.api.QueryView;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/** The requests of one command, before or after they are logged. */
final class FakeBatch extends Borrowed implements QueryBatch, AppliedQuery, QueryView {
  private final List<FakeRequest> asked;
  private final List<FakeRequest> requests;
  private final long index;
  private final long term;
  private boolean altered;

  FakeBatch(List<FakeRequest> requests, long index, long term) {
    if (requests.isEmpty()) {
      throw new IllegalArgumentException("a command without requests");
    }
    this.asked = List.copyOf(requests);
    this.requests = new ArrayList<>(requests);
    this.index = index;
    this.term = term;
  }

  List<FakeRequest> requests() {
    return List.copyOf(requests);
  }

  /** Whether the request at {@code position} is not for the key that it was asked for. */
  boolean isMoved(int position) {
    return !requests.get(position).key().equals(asked.get(position).key());
  }

  private FakeRequest at(int position) {
    checkLent();
    return requests.get(position);
  }

  private FakeRequest editable(int position, QueryKind first, QueryKind... more) {
    FakeRequest request = at(position);
    if (!EnumSet.of(first, more).contains(request.kind())) {
      throw new UnsupportedOperationException("a " + request.kind() + " has no such part");
    }
    altered = true;
    return request;
  }

  @Override
  public int size() {
    checkLent();
    return requests.size();
  }

  @Override
  public QueryKind kind(int position) {
    return at(position).kind();
  }

  @Override
  public String cf(int position) {
    return at(position).cf();
  }

  @Override
  public Bytes key(int position) {
    return at(position).key();
  }

  @Override
  public Bytes endKey(int position) {
    return at(position).endKey();
  }

  @Override
  public Bytes value(int position) {
    return at(position).value();
  }

  @Override
  public long ttlSeconds(int position) {
    return at(position).ttlSeconds();
  }

  @Override
  public Bytes expected(int position) {
    return at(position).expected();
  }

  @Override
  public boolean expectedAbsent(int position) {
    return at(position).expectedAbsent();
  }

  @Override
  public int limit(int position) {
    return at(position).limit();
  }

  @Override
  public boolean keyOnly(int position) {
    checkLent();
    return false;
  }

  @Override
  public boolean reverse(int position) {
    checkLent();
    return false;
  }

  @Override
  public long index() {
    checkLent();
    return index;
  }

  @Override
  public long term() {
    checkLent();
    return term;
  }

  @Override
  public boolean isAltered() {
    return altered;
  }

  @Override
  public void setKey(int position, Bytes key) {
    FakeRequest request = at(position);
    if (request.kind() == QueryKind.GUARD) {
      throw new UnsupportedOperationException("a GUARD cannot be edited");
    }
    altered = true;
    requests.set(position, request.withKey(key));
  }

  @Override
  public void setEndKey(int position, Bytes endKey) {
    requests.set(
        position, editable(position, QueryKind.DELETE_RANGE, QueryKind.SCAN).withEndKey(endKey));
  }

  @Override
  public void setValue(int position, Bytes value) {
    requests.set(
        position, editable(position, QueryKind.PUT, QueryKind.COMPARE_AND_SWAP).withValue(value));
  }

  @Override
  public void setTtlSeconds(int position, long ttlSeconds) {
    requests.set(
        position,
        editable(position, QueryKind.PUT, QueryKind.COMPARE_AND_SWAP).withTtlSeconds(ttlSeconds));
  }

  @Override
  public void setExpected(int position, Bytes expected) {
    requests.set(position, editable(position, QueryKind.COMPARE_AND_SWAP).withExpected(expected));
  }

  @Override
  public void setLimit(int position, int limit) {
    requests.set(position, editable(position, QueryKind.SCAN).withLimit(limit));
  }
}
