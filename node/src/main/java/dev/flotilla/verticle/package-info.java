/** The Vert.x shell: contexts, timers and queues around loops that know nothing of them. */
@NullMarked
package dev.flotilla.verticle;

import org.jspecify.annotations.NullMarked;
