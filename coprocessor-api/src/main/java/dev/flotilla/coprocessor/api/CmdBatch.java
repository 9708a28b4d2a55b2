package dev.flotilla.coprocessor.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was written to a region between two positions of its log. Valid only during the call that
 * brought it. Since API version 1.2.0.
 */
public interface CmdBatch {
  /** The region as of {@link #last}. */
  RegionView region();

  /** Each write with an index greater than this, up to {@link #last}, is in the batch. */
  long after();

  /** Index of the last entry that the batch stands for. Not before {@link #after}. */
  long last();

  /**
   * The writes that took effect, in the order of the log. A COMPARE_AND_SWAP that found something
   * else is not among them, nor is what was refused.
   */
  List<AppliedQuery> writes();

  /**
   * The region's data as of now, which is {@link #last} or later; null when the region has gone
   * since or has another range. Then another batch will come, or none will. The same at each call.
   */
  @Nullable RegionData data();
}
