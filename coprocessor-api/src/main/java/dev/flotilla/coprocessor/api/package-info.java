/** What a plugin sees of a node: observers, the commands that they are shown, and refusals. */
@NullMarked
package dev.flotilla.coprocessor.api;

import org.jspecify.annotations.NullMarked;
