/** Snapshots: built from the engine, kept as files, sent, received, installed, thrown away. */
@NullMarked
package dev.flotilla.raftstore.snap;

import org.jspecify.annotations.NullMarked;
