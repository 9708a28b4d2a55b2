package dev.flotilla.coprocessor.api;

/**
 * The keys from {@code start} on and before {@code end}.
 *
 * @param end exclusive; empty means no upper bound
 */
public record KeyRange(Bytes start, Bytes end) {}
