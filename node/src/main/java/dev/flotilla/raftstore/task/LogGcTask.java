package dev.flotilla.raftstore.task;

/**
 * Delete the log entries {@code [startIndex, endIndex)} of a region; 0 as start means the first one
 * there is.
 */
public record LogGcTask(long regionId, long startIndex, long endIndex) {}
