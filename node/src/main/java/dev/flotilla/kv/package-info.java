/** Raw key-value operations as commands of a region. */
@NullMarked
package dev.flotilla.kv;

import org.jspecify.annotations.NullMarked;
