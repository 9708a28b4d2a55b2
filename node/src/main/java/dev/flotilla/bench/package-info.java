/**
 * {@code flotilla bench}: load on a running cluster, and the yardsticks that say how much was to be
 * had on this machine.
 *
 * <p>A closed loop: a fixed number of requests is in flight, and each answer sends the next one. So
 * a stall of the cluster slows the load down, and percentiles are of requests that were sent.
 */
@NullMarked
package dev.flotilla.bench;

import org.jspecify.annotations.NullMarked;
