package dev.flotilla.coprocessor.api;

/** One replica of a region. A learner has no vote. */
public record PeerView(long id, long storeId, boolean learner) {}
