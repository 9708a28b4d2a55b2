/**
 * The engine over RocksDB: one folder, one database, its native handles and their life.
 *
 * <p><b>Owns</b> every object of {@code org.rocksdb}; nothing of it is visible outside. <b>Runs
 * on</b> the callers' threads. <b>Depends on</b> engine only.
 *
 * <h2>Invariants</h2>
 *
 * <ul>
 *   <li>A native handle is freed once, after all calls in flight, and never used afterwards: late
 *       callers get an {@link java.lang.IllegalStateException}.
 *   <li>A damaged middle of the write-ahead log keeps the database from opening. RocksDB's default
 *       mode would drop everything after the damage, acknowledged writes and votes included.
 *   <li>After the first failed write, flush or sync no later one is tried.
 * </ul>
 *
 * <h2>Start reading at</h2>
 *
 * {@link dev.flotilla.engine.rocks.RocksEngines}, then {@link
 * dev.flotilla.engine.rocks.RocksEngine}.
 */
@NullMarked
package dev.flotilla.engine.rocks;

import org.jspecify.annotations.NullMarked;
