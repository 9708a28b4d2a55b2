/**
 * A node in memory for the tests of plugins: no raft, no disk, no network. Start reading at {@link
 * dev.flotilla.coprocessor.api.testkit.FakeHost}. Not for use by plugins at work.
 */
@NullMarked
package dev.flotilla.coprocessor.api.testkit;

import org.jspecify.annotations.NullMarked;
