/**
 * Brings settings together: built-in defaults, file, environment variables, options; the later one
 * wins. Keys are the names of record components, so that a new component is a new key at once.
 */
@NullMarked
package dev.flotilla.node.settings;

import org.jspecify.annotations.NullMarked;
