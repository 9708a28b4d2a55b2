/**
 * Counts and sums up where the data lies. Start reading at {@link
 * dev.flotilla.plugins.aggregate.Aggregate}.
 */
@NullMarked
package dev.flotilla.plugins.aggregate;

import org.jspecify.annotations.NullMarked;
