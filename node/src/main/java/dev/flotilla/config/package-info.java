/** Settings: immutable, and valid if they exist. */
@NullMarked
package dev.flotilla.config;

import org.jspecify.annotations.NullMarked;
