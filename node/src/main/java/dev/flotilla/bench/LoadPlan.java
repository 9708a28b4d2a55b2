package dev.flotilla.bench;

import dev.flotilla.config.HostPort;
import dev.flotilla.security.Credentials;
import java.util.List;
import java.util.Optional;

/**
 * A load to be made.
 *
 * @param drivers where the cluster is
 * @param credentials encrypt the connections, if given
 * @param workload kinds of request
 * @param distribution how keys are chosen
 * @param keys number of keys
 * @param valueBytes size of values
 * @param inFlight requests on their way at any time
 * @param connections over so many connections
 * @param batched whether requests travel in batches
 * @param warmUpSeconds not counted
 * @param seconds counted
 */
record LoadPlan(
    List<HostPort> drivers,
    Optional<Credentials> credentials,
    Workload workload,
    KeyChooser.Distribution distribution,
    long keys,
    int valueBytes,
    int inFlight,
    int connections,
    boolean batched,
    int warmUpSeconds,
    int seconds) {}
