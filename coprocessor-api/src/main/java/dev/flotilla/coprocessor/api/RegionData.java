package dev.flotilla.coprocessor.api;

/**
 * A region's data in the default column family at a known position of its log: without values whose
 * time is over, and as it is stored, no {@link ReadObserver} being asked. It may be read for ten
 * minutes, as it keeps what has been deleted since on the disk. Since API version 1.2.0.
 */
public interface RegionData extends RegionReader {
  /** Index of the last entry that has taken effect on it. */
  long index();
}
