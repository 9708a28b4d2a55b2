/** Wiring and life cycle: the only importer of concrete adapters. */
@NullMarked
package dev.flotilla.node;

import org.jspecify.annotations.NullMarked;
