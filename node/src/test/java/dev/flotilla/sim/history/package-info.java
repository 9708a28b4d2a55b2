/** What clients saw, and whether it could have been seen of a single register a key. */
@NullMarked
package dev.flotilla.sim.history;

import org.jspecify.annotations.NullMarked;
