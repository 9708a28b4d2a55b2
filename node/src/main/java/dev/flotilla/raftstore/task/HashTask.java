package dev.flotilla.raftstore.task;

import dev.flotilla.engine.EngineSnapshot;
import dev.flotilla.proto.metapb.Region;

/**
 * Hash the data of a region.
 *
 * @param index log index that the snapshot was taken at
 * @param snapshot closed by whoever runs this
 */
public record HashTask(Region region, long index, EngineSnapshot snapshot) {}
