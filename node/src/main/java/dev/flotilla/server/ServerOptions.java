package dev.flotilla.server;

import dev.flotilla.security.Credentials;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of the client port.
 *
 * @param host address to listen on
 * @param port 0 picks a free one
 * @param credentials protect the port, if given
 * @param messageBytesMax a larger request is refused; above the raft entry limit, so that the
 *     entry's own refusal is what a client normally sees
 * @param inFlightBytesMax calls accepted and not answered on one event loop, and answers that have
 *     not left it
 * @param concurrentStreamsMax calls at once on one connection
 * @param idleTimeout a connection without traffic, pings included, is closed after this
 * @param drainTimeout how long accepted calls are waited for at a stop
 */
public record ServerOptions(
    String host,
    int port,
    Optional<Credentials> credentials,
    long messageBytesMax,
    long inFlightBytesMax,
    int concurrentStreamsMax,
    Duration idleTimeout,
    Duration drainTimeout) {}
