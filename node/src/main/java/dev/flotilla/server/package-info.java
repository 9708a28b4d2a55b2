/** gRPC and HTTP in and out. Runs on event loops and never blocks them. */
@NullMarked
package dev.flotilla.server;

import org.jspecify.annotations.NullMarked;
