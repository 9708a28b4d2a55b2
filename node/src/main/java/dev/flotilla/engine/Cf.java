package dev.flotilla.engine;

import java.util.Optional;

/** Column families. An engine has all of them or a part, see {@link Engine#families()}. */
public enum Cf {
  DEFAULT("default"),
  LOCK("lock"),
  WRITE("write"),
  /** States of regions; holds no user data. */
  RAFT("raft");

  private final String diskName;

  Cf(String diskName) {
    this.diskName = diskName;
  }

  /** Name in the database and on the wire; part of the disk format. */
  public String diskName() {
    return diskName;
  }

  /** Whether user data may be in this family. */
  public boolean isUserData() {
    return this != RAFT;
  }

  /** Family of that name, the empty name meaning {@link #DEFAULT}; empty when there is none. */
  public static Optional<Cf> of(String name) {
    if (name.isEmpty()) {
      return Optional.of(DEFAULT);
    }
    for (Cf cf : values()) {
      if (cf.diskName.equals(name)) {
        return Optional.of(cf);
      }
    }
    return Optional.empty();
  }
}
