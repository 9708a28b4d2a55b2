/** Other nodes: finding them, raft messages, requests and snapshots to and from them. */
@NullMarked
package dev.flotilla.verticle.cluster;

import org.jspecify.annotations.NullMarked;
