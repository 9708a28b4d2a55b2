/**
 * A small client of the cluster, for our own tools. Every request is a single attempt: a tool says
 * what happened instead of hiding it, and a write whose outcome is not known is never sent again.
 */
@NullMarked
package dev.flotilla.client;

import org.jspecify.annotations.NullMarked;
