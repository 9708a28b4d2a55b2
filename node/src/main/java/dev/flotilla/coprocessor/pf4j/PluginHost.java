package dev.flotilla.coprocessor.pf4j;

import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.RegionSource;
import java.util.function.Consumer;

/**
 * What a node has for its plugins.
 *
 * @param calls runs them around commands
 * @param regions opens the data of regions to those that are shown writes; not used any more once
 *     the manager is closed
 * @param faults told of what the process may not survive; on threads of the manager and of plugins
 */
public record PluginHost(CoprocessorHost calls, RegionSource regions, Consumer<Throwable> faults) {}
