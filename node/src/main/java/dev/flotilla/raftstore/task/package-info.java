/** Background jobs: a task says what to do, a runner does it on a worker. */
@NullMarked
package dev.flotilla.raftstore.task;

import org.jspecify.annotations.NullMarked;
