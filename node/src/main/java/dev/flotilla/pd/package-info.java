/**
 * The placement driver: ids, timestamps, stores and routes of a cluster. A deterministic state
 * machine whose state is ordinary keys of the system region, so that it is as durable and as
 * replicated as the data.
 */
@NullMarked
package dev.flotilla.pd;

import org.jspecify.annotations.NullMarked;
