/**
 * Bugs on purpose: what the simulator must find. Each is a change of a few words of source that is
 * compiled in memory, so that nothing of it is in the product.
 */
@NullMarked
package dev.flotilla.sim.planted;

import org.jspecify.annotations.NullMarked;
