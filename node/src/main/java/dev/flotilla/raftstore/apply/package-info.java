/** Committed entries become engine writes, then answers. Runs on the apply workers. */
@NullMarked
package dev.flotilla.raftstore.apply;

import org.jspecify.annotations.NullMarked;
