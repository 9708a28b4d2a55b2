package dev.flotilla.bench;

import java.util.SplittableRandom;

/** Chooses the numbers of keys. Not thread-safe. */
interface KeyChooser {
  /** How keys are chosen. */
  enum Distribution {
    UNIFORM,
    ZIPFIAN
  }

  /** A number from 0 to below the number of keys. */
  long next();

  static KeyChooser of(Distribution distribution, long keys, SplittableRandom chance) {
    return switch (distribution) {
      case UNIFORM -> () -> chance.nextLong(keys);
      case ZIPFIAN -> new Zipfian(keys, chance);
    };
  }

  /**
   * Few keys are asked for often: the k-th most popular one in proportion to 1 / k^0.99, as in the
   * Yahoo! Cloud Serving Benchmark. Popular keys are spread over all keys by a hash. The method is
   * that of Gray et al., Quickly Generating Billion-Record Synthetic Databases, SIGMOD 1994.
   */
  final class Zipfian implements KeyChooser {
    private static final double THETA = 0.99;
    private static final double ALPHA = 1 / (1 - THETA);

    private final long keys;
    private final SplittableRandom chance;
    private final double zeta;
    private final double eta;

    Zipfian(long keys, SplittableRandom chance) {
      this.keys = keys;
      this.chance = chance;
      double sum = 0;
      for (long k = 1; k <= keys; k++) {
        sum += 1 / Math.pow((double) k, THETA);
      }
      zeta = sum;
      double zetaOfTwo = 1 + Math.pow(0.5, THETA);
      eta = (1 - Math.pow(2.0 / (double) keys, 1 - THETA)) / (1 - zetaOfTwo / zeta);
    }

    /** 0 is the most popular. */
    long nextRank() {
      double u = chance.nextDouble();
      double uz = u * zeta;
      if (uz < 1) {
        return 0;
      }
      if (uz < 1 + Math.pow(0.5, THETA)) {
        return Math.min(1, keys - 1);
      }
      return Math.min(keys - 1, (long) ((double) keys * Math.pow(eta * u - eta + 1, ALPHA)));
    }

    @Override
    public long next() {
      return Math.floorMod(mix(nextRank()), keys);
    }

    /** The finalizer of MurmurHash3. */
    private static long mix(long value) {
      long h = value + 0x9E3779B97F4A7C15L;
      h = (h ^ (h >>> 33)) * 0xFF51AFD7ED558CCDL;
      h = (h ^ (h >>> 33)) * 0xC4CEB9FE1A85EC53L;
      return h ^ (h >>> 33);
    }
  }
}
