package dev.flotilla.coprocessor.api.testkit;

import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.RejectedException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of a command. A value or key is given as text where its UTF-8 form is meant.
 *
 * @param asked what was asked for, in short
 * @param values per request: what would be written, or was found or answered; null when absent
 * @param keys per request: the key
 * @param altered whether the plugin changed anything
 * @param rejection its refusal, or null
 * @param failure what it threw else, or the invalid edit that it left, or null
 */
public record Outcome(
    Object asked,
    List<Bytes> keys,
    List<@Nullable Bytes> values,
    boolean altered,
    @Nullable RejectedException rejection,
    @Nullable Throwable failure) {

  /** Fails unless the plugin refused with {@code code}. Returns its words. */
  public String assertRejected(RejectedException.Code code) {
    assertNotFailed();
    if (rejection == null || rejection.code() != code) {
      throw new AssertionError(
          asked + " should be rejected as " + code + ", but was " + describe(), rejection);
    }
    return rejection.reason();
  }

  /** Fails unless the command went through, edited or not. */
  public Outcome assertAccepted() {
    assertNotFailed();
    if (rejection != null) {
      throw new AssertionError(asked + " should be accepted, but was " + describe(), rejection);
    }
    return this;
  }

  /** Fails unless this is the answer to a query. */
  public void assertAnswered(String answer) {
    assertAccepted();
    if (!values.equals(List.of(Bytes.utf8(answer)))) {
      throw new AssertionError(
          asked + " should be answered with " + answer + ", but was " + describe());
    }
  }

  /** Fails unless the command went through as it was asked. */
  public void assertUnaltered() {
    assertAccepted();
    if (altered) {
      throw new AssertionError(asked + " should not be altered, but was " + describe());
    }
  }

  /** Fails unless the command went through and the plugin made the value of a request this. */
  public Outcome assertAltered(int index, String value) {
    assertAccepted();
    if (!altered || !Objects.equals(values.get(index), Bytes.utf8(value))) {
      throw new AssertionError(
          asked + " should be altered to " + value + " at " + index + ", but was " + describe());
    }
    return this;
  }

  /** Fails unless the command went through and the plugin made the key of a request this. */
  public Outcome assertKey(int index, Bytes key) {
    assertAccepted();
    if (!keys.get(index).equals(key)) {
      throw new AssertionError(
          asked + " should have key " + key + " at " + index + ", but was " + describe());
    }
    return this;
  }

  /** Fails unless the plugin failed: it threw, or left an invalid edit behind. */
  public Throwable assertFailed() {
    if (failure == null) {
      throw new AssertionError(asked + " should make the plugin fail, but was " + describe());
    }
    return failure;
  }

  private void assertNotFailed() {
    if (failure != null) {
      throw new AssertionError("the plugin failed at " + asked, failure);
    }
  }

  private String describe() {
    if (rejection != null) {
      return "rejected as " + rejection.code() + ": " + rejection.reason();
    }
    return (altered ? "altered to " : "left at ") + keys + " = " + values;
  }
}
