/**
 * Writes down who changed what of a region, and when. Start reading at {@link
 * dev.flotilla.plugins.auditlog.AuditLog}.
 *
 * <h2>Invariants</h2>
 *
 * <ul>
 *   <li>No hook waits for the disk: records go through a bounded queue to one thread.
 *   <li>Each line carries the hash of the one before; what the queue could not take is a line, too.
 * </ul>
 */
@NullMarked
package dev.flotilla.plugins.auditlog;

import org.jspecify.annotations.NullMarked;
