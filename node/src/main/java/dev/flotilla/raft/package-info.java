/**
 * The Raft algorithm of one group, without threads, clocks, disks or sockets.
 *
 * <p><b>Owns</b> the state of one replica: term, vote, log positions, what it knows of its peers.
 * <b>Runs on</b> whatever thread calls it; nothing here is thread-safe and one group must have one
 * caller at a time. <b>Depends on</b> the JDK only. Chance and log output are injected.
 *
 * <p>The caller feeds a {@link dev.flotilla.raft.RawNode} with ticks, proposals and messages, takes
 * a {@link dev.flotilla.raft.Ready}, makes it durable, sends its messages and reports back. The
 * semantics follow the Raft thesis (Ongaro, 2014) and, where that leaves room, etcd's raft library.
 *
 * <h2>Invariants</h2>
 *
 * <ul>
 *   <li>applied &lt;= applying &lt;= committed &lt;= last index.
 *   <li>A vote or an acknowledgement leaves only after the state it speaks of is durable; that
 *       includes the votes and acknowledgements a replica gives itself.
 *   <li>A leader commits by counting replicas only entries of its own term (thesis 3.6.2).
 *   <li>A committed entry is handed out once, in index order.
 *   <li>Equal inputs give equal outputs: nothing here reads a clock or draws a number by itself.
 * </ul>
 *
 * <h2>Start reading at</h2>
 *
 * {@link dev.flotilla.raft.RawNode}, then {@code Raft}, then {@code Replicator}.
 */
@NullMarked
package dev.flotilla.raft;

import org.jspecify.annotations.NullMarked;
