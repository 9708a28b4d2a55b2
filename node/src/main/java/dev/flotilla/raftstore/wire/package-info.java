/** Raft's messages, log entries and a region's records, as bytes on disk and on the network. */
@NullMarked
package dev.flotilla.raftstore.wire;

import org.jspecify.annotations.NullMarked;
