/** One replica of a region on the store loop, and the collaborators that each keep an invariant. */
@NullMarked
package dev.flotilla.raftstore.peer;

import org.jspecify.annotations.NullMarked;
