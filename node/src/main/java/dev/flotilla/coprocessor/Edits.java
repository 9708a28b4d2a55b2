package dev.flotilla.coprocessor;

/** What one observer's call changed, until it is kept or dropped as a whole. */
interface Edits {
  /** For hooks that cannot edit. */
  Edits NONE =
      new Edits() {
        @Override
        public void check() {}

        @Override
        public boolean keep() {
          return false;
        }

        @Override
        public void drop() {}
      };

  /**
   * Checks the edits of this call.
   *
   * @throws InvalidEdit when the command would be broken
   */
  void check();

  /** Makes the edits of this call part of the command; tells whether there were any. */
  boolean keep();

  /** Forgets the edits of this call. */
  void drop();

  /**
   * Whether the command is the store's own upkeep, which an observer may refuse but not hold up by
   * failing, whatever its rule is.
   */
  default boolean isUpkeep() {
    return false;
  }
}
