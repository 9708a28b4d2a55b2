/**
 * What a store asks of a storage engine, and how keys and values are laid out in it.
 *
 * <p><b>Owns</b> nothing: interfaces, the key layout and the value encoding. <b>Runs on</b> any
 * thread; the types say which of them are thread-safe. <b>Depends on</b> nothing of this project;
 * the one implementation over a real disk is {@link dev.flotilla.engine.rocks}.
 *
 * <h2>Invariants</h2>
 *
 * <ul>
 *   <li>Keys sort as unsigned bytes, shorter first among equal prefixes.
 *   <li>A batch is applied whole or not at all, also across a crash.
 *   <li>After a crash the engine holds a prefix of the writes it accepted, and that prefix contains
 *       every write that was synced.
 *   <li>A read that fails throws; it never looks like a missing key or the end of a range.
 *   <li>After the first failed write every later write is refused.
 * </ul>
 *
 * <h2>Start reading at</h2>
 *
 * {@link dev.flotilla.engine.Engine}, then {@link dev.flotilla.engine.Keys}.
 */
@NullMarked
package dev.flotilla.engine;

import org.jspecify.annotations.NullMarked;
