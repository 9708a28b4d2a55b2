package dev.flotilla.engine;

import java.nio.file.Path;

/** An engine that cannot be opened. The message names the folder and what an operator can do. */
public final class EngineOpenException extends EngineException {

  /** What kept the engine from opening. */
  public enum Reason {
    /** Another process, or another engine of this one, has the folder open. */
    LOCKED,
    /** The folder cannot be created or written. */
    UNWRITABLE,
    /** Bytes on disk are not those that were written; going on would lose acknowledged writes. */
    CORRUPT,
    /** Anything else; see the cause. */
    OTHER
  }

  private final Reason reason;
  private final transient Path folder;

  public EngineOpenException(Reason reason, Path folder, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.folder = folder;
  }

  public Reason reason() {
    return reason;
  }

  public Path folder() {
    return folder;
  }
}
