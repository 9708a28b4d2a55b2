package dev.flotilla.coprocessor.api;

import org.pf4j.ExtensionPoint;

/**
 * Code that the node runs around commands. A plugin implements one or several of the observer
 * interfaces in a class with a public constructor without parameters, marked {@code @Extension};
 * {@link Observes} says where it stands among others.
 *
 * <p>One instance serves all regions of a store, so hooks are called from several threads at once.
 * Hooks must not block and must not keep what they are handed: contexts and views are valid only
 * during the call. They are called for the regions of users, not for that of the placement driver.
 */
public interface Coprocessor extends ExtensionPoint {

  /**
   * Called once, before any hook, on a thread of its own, for 60 seconds at most. When the plugin
   * is replaced while the node runs, the instance before is still called meanwhile: see {@link
   * CoprocessorEnvironment#predecessorStopped}.
   *
   * @throws Exception if the plugin cannot work; it is then not used, and the node says why. What
   *     was begun must be undone first: {@link #stop} is called only after a start that succeeded
   */
  default void start(CoprocessorEnvironment environment) throws Exception {}

  /**
   * Called once, after the last hook, in reverse order of starting, when the node stops, or when
   * the plugin is replaced or taken out. Ends the plugin's threads and closes its files: what is
   * left keeps the plugin's classes in memory. On a thread of its own; the node waits 5 seconds for
   * all that a plugin has to stop, then goes on without it.
   */
  default void stop() throws Exception {}
}
