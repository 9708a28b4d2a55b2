/** Vocabulary of the raftstore: its messages, contracts and refusals. Data only, no behaviour. */
@NullMarked
package dev.flotilla.raftstore;

import org.jspecify.annotations.NullMarked;
