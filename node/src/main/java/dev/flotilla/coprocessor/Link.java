package dev.flotilla.coprocessor;

/** One coprocessor in the list of one hook, already cast to what the hook calls. */
record Link<T>(Registration owner, T observer) {}
