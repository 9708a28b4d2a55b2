/** Whole stores in one thread, driven through the doors of the deterministic zone. */
@NullMarked
package dev.flotilla.sim;

import org.jspecify.annotations.NullMarked;
