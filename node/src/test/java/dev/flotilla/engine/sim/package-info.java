/**
 * An engine in memory with a model of the write-ahead log, for simulations.
 *
 * <p>Deterministic: no thread, no clock, chance only from seeds passed in.
 */
@NullMarked
package dev.flotilla.engine.sim;

import org.jspecify.annotations.NullMarked;
