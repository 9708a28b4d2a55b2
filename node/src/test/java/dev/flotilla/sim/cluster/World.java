package dev.flotilla.sim.cluster;

/**
 * What the machines of a cluster share.
 *
 * @param timeline virtual time
 * @param trace what happened
 * @param tally how often
 * @param network links between them
 * @param knobs what this run is like
 * @param schedule draws of who runs when
 * @param interruptions who is held up while others run
 * @param watch invariants
 * @param directory reports of regions
 * @param control what the placement parts say to each other
 * @param numbers what drivers gave out
 */
record World(
    Timeline timeline,
    Trace trace,
    Tally tally,
    SimNetwork network,
    Knobs knobs,
    Dice schedule,
    Interruptions interruptions,
    Watch watch,
    Directory directory,
    Control control,
    PlacementNumbers numbers) {}
