package dev.flotilla.raftstore.task;

import dev.flotilla.proto.metapb.Region;

/** Rewrite the data of a region without what was deleted in it. */
public record CompactTask(Region region) {}
