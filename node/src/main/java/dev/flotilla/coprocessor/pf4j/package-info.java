/**
 * Loads plugins from jars and hands them to the host as a chain.
 *
 * <p><b>Owns</b> the plugins' class loaders, their copies of jars and their start and stop. <b>Runs
 * on</b> the thread that starts and stops the node; nothing here is on the path of a command.
 *
 * <h2>Invariants</h2>
 *
 * <ul>
 *   <li>A plugin sees the JDK, the API, slf4j and PF4J, and nothing else of the node.
 *   <li>The jar that runs is a copy, so that replacing a file never breaks running code.
 *   <li>A plugin that cannot be used harms no other one, and the status says why.
 * </ul>
 *
 * <h2>Start reading at</h2>
 *
 * {@link dev.flotilla.coprocessor.pf4j.CoprocessorManager}.
 */
@NullMarked
package dev.flotilla.coprocessor.pf4j;

import org.jspecify.annotations.NullMarked;
