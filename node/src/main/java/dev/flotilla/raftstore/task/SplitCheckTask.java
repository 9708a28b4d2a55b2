package dev.flotilla.raftstore.task;

import dev.flotilla.proto.metapb.Region;

/**
 * See whether a region should be cut, for its size or for what it holds, and where.
 *
 * @param term in which this store leads it
 */
public record SplitCheckTask(Region region, long term) {}
