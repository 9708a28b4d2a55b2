/**
 * Whole clusters in one thread: stores, disks, network, clients and operators, all driven by one
 * seed on a virtual clock. Equal seeds give equal runs.
 */
@NullMarked
package dev.flotilla.sim.cluster;

import org.jspecify.annotations.NullMarked;
