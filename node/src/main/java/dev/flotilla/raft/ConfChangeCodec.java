package dev.flotilla.raft;

/** Wire form of conf changes; the algorithm has to look into the entries that carry them. */
public interface ConfChangeCodec {
  /** Returns the data of an entry of type {@link ConfChange#entryType()}. */
  Payload encode(ConfChange change);

  /**
   * Returns the change in an entry's data.
   *
   * @param type {@link EntryType#CONF_CHANGE} or {@link EntryType#CONF_CHANGE_V2}
   * @param data what {@link #encode} made; may be empty, which is the empty change of the type
   * @throws IllegalArgumentException if {@code data} is not of this form
   */
  ConfChange decode(EntryType type, Payload data);
}
