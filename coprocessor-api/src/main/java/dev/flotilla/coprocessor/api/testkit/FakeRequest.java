package dev.flotilla.coprocessor.api.testkit;

import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.QueryKind;

/** One request of a test's command. Texts stand for their UTF-8 bytes. */
public record FakeRequest(
    QueryKind kind,
    String cf,
    Bytes key,
    Bytes endKey,
    Bytes value,
    long ttlSeconds,
    Bytes expected,
    boolean expectedAbsent,
    int limit) {

  public static FakeRequest put(String key, String value) {
    return put(Bytes.utf8(key), Bytes.utf8(value));
  }

  public static FakeRequest put(Bytes key, Bytes value) {
    return of(QueryKind.PUT, key).withValue(value);
  }

  public static FakeRequest delete(String key) {
    return of(QueryKind.DELETE, Bytes.utf8(key));
  }

  public static FakeRequest deleteRange(String key, String endKey) {
    return of(QueryKind.DELETE_RANGE, Bytes.utf8(key)).withEndKey(Bytes.utf8(endKey));
  }

  public static FakeRequest compareAndSwap(String key, String expected, String value) {
    return of(QueryKind.COMPARE_AND_SWAP, Bytes.utf8(key))
        .withExpected(Bytes.utf8(expected))
        .withValue(Bytes.utf8(value));
  }

  public static FakeRequest get(String key) {
    return of(QueryKind.GET, Bytes.utf8(key));
  }

  public static FakeRequest scan(String key, String endKey, int limit) {
    return of(QueryKind.SCAN, Bytes.utf8(key)).withEndKey(Bytes.utf8(endKey)).withLimit(limit);
  }

  private static FakeRequest of(QueryKind kind, Bytes key) {
    Bytes none = Bytes.empty();
    return new FakeRequest(kind, "default", key, none, none, 0, none, false, 0);
  }

  FakeRequest withKey(Bytes next) {
    return new FakeRequest(
        kind, cf, next, endKey, value, ttlSeconds, expected, expectedAbsent, limit);
  }

  FakeRequest withEndKey(Bytes next) {
    return new FakeRequest(kind, cf, key, next, value, ttlSeconds, expected, expectedAbsent, limit);
  }

  FakeRequest withValue(Bytes next) {
    return new FakeRequest(
        kind, cf, key, endKey, next, ttlSeconds, expected, expectedAbsent, limit);
  }

  FakeRequest withTtlSeconds(long next) {
    return new FakeRequest(kind, cf, key, endKey, value, next, expected, expectedAbsent, limit);
  }

  FakeRequest withExpected(Bytes next) {
    return new FakeRequest(kind, cf, key, endKey, value, ttlSeconds, next, false, limit);
  }

  FakeRequest withLimit(int next) {
    return new FakeRequest(
        kind, cf, key, endKey, value, ttlSeconds, expected, expectedAbsent, next);
  }
}
