/** A plugin to copy. */
@NullMarked
package dev.flotilla.plugins.template;

import org.jspecify.annotations.NullMarked;
