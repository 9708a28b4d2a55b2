/** The store loop: routes messages to peers, and one readiness pass for all that were touched. */
@NullMarked
package dev.flotilla.raftstore.store;

import org.jspecify.annotations.NullMarked;
