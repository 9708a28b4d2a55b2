package dev.flotilla.raftstore;

/** For tests in which no time passes. */
public record StoppedClock(long nanos, long unixMillis) implements Clock {}
