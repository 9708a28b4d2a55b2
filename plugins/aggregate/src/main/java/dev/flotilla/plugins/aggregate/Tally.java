package dev.flotilla.plugins.aggregate;

import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.RegionReader;
import dev.flotilla.coprocessor.api.RejectedException;
import java.math.BigInteger;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/** What has come of the pairs seen so far. */
final class Tally implements RegionReader.Visitor {
  /** Of longer ones one alone would take its time to be read. */
  private static final int NUMBER_LENGTH_MAX = 100;

  /** What a pair is worth. */
  private interface Worth {
    BigInteger of(Bytes value);
  }

  private final Worth worth;
  private final BinaryOperator<BigInteger> join;
  private @Nullable BigInteger total;
  private @Nullable String wrong;

  private Tally(Worth worth, BinaryOperator<BigInteger> join, @Nullable BigInteger totalOfNone) {
    this.worth = worth;
    this.join = join;
    this.total = totalOfNone;
  }

  static Tally of(String name) throws RejectedException {
    return switch (name) {
      case "count" -> new Tally(value -> BigInteger.ONE, BigInteger::add, BigInteger.ZERO);
      case "bytes" ->
          new Tally(value -> BigInteger.valueOf(value.length()), BigInteger::add, BigInteger.ZERO);
      case "sum" -> new Tally(Tally::number, BigInteger::add, BigInteger.ZERO);
      case "min" -> new Tally(Tally::number, BigInteger::min, null);
      case "max" -> new Tally(Tally::number, BigInteger::max, null);
      default ->
          throw new RejectedException(
              RejectedException.Code.INVALID,
              "asks for " + name + ", which is none of count, bytes, sum, min and max");
    };
  }

  private static BigInteger number(Bytes value) {
    if (value.length() > NUMBER_LENGTH_MAX) {
      throw new NumberFormatException("too long");
    }
    return new BigInteger(value.toUtf8());
  }

  @Override
  public boolean visit(Bytes key, Bytes value) {
    try {
      BigInteger more = worth.of(value);
      total = total == null ? more : join.apply(total, more);
      return true;
    } catch (NumberFormatException e) {
      wrong = "the value of key " + key + " is no whole number";
      return false;
    }
  }

  /**
   * The total.
   *
   * @throws RejectedException when one of the values made no sense
   */
  Bytes answer() throws RejectedException {
    if (wrong != null) {
      throw new RejectedException(RejectedException.Code.INVALID, wrong);
    }
    return total == null ? Bytes.empty() : Bytes.utf8(total.toString());
  }
}
