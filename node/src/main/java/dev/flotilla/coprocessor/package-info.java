/**
 * Runs plugins around commands, in order, and keeps their failures from becoming the store's.
 *
 * <p><b>Owns</b> the published {@link dev.flotilla.coprocessor.Chain} and what the plugins' calls
 * add up to. <b>Runs on</b> whoever calls: the store loop before a proposal, apply workers, read
 * threads; nothing here is kept between calls, so they do not meet. <b>Knows nothing</b> of where
 * plugins come from, nor of peers.
 *
 * <h2>Invariants</h2>
 *
 * <ul>
 *   <li>A command goes through one chain as a whole, also while another is published.
 *   <li>A call that throws leaves no edit behind.
 *   <li>What is proposed after an edit is checked again: a plugin cannot log a broken command.
 *   <li>Nothing that a plugin does at apply changes what is written.
 * </ul>
 *
 * <h2>Start reading at</h2>
 *
 * {@link dev.flotilla.coprocessor.CoprocessorHost}, then {@link dev.flotilla.coprocessor.Chain}.
 */
@NullMarked
package dev.flotilla.coprocessor;

import org.jspecify.annotations.NullMarked;
