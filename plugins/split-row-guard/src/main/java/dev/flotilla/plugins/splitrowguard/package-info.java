/**
 * Keeps all keys of a row in one region. Start reading at {@link
 * dev.flotilla.plugins.splitrowguard.SplitRowGuard}.
 */
@NullMarked
package dev.flotilla.plugins.splitrowguard;

import org.jspecify.annotations.NullMarked;
