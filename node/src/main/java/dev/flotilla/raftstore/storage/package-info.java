/** A region's durable log and states. Used on the store loop. */
@NullMarked
package dev.flotilla.raftstore.storage;

import org.jspecify.annotations.NullMarked;
