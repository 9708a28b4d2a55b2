package dev.flotilla.raftstore.task;

import dev.flotilla.proto.metapb.Region;

/** See whether a region has grown so large that it should be cut, and where. */
public record SplitCheckTask(Region region) {}
