package dev.flotilla.engine.rocks;

import dev.flotilla.engine.EngineOpenException;
import dev.flotilla.engine.EngineOpenException.Reason;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Says why a database does not open, in words for an operator. */
final class OpenFailures {
  private OpenFailures() {}

  /** Creates the folder when it is missing. */
  static void requireWritable(Path folder) {
    try {
      Files.createDirectories(folder);
      if (!Files.isWritable(folder)) {
        throw new AccessDeniedException(folder.toString());
      }
    } catch (IOException e) {
      throw new EngineOpenException(
          Reason.UNWRITABLE,
          folder,
          "cannot write to folder " + folder + ": check its owner, mode and mount (" + e + ")",
          e);
    }
  }

  static EngineOpenException of(Path folder, RocksDBException cause) {
    Reason reason = reasonOf(cause);
    return new EngineOpenException(
        reason, folder, text(reason, folder) + " (" + cause.getMessage() + ")", cause);
  }

  private static Reason reasonOf(RocksDBException cause) {
    Status.@Nullable Code code = cause.getStatus() == null ? null : cause.getStatus().getCode();
    String message = String.valueOf(cause.getMessage());
    if (code == Status.Code.Corruption) {
      return Reason.CORRUPT;
    }
    // RocksDB has no code for it; both of its messages name the lock file.
    if (code == Status.Code.IOError && message.contains("LOCK")) {
      return message.contains("Permission denied") ? Reason.UNWRITABLE : Reason.LOCKED;
    }
    boolean denied = message.contains("Permission denied") || message.contains("Read-only");
    return code == Status.Code.IOError && denied ? Reason.UNWRITABLE : Reason.OTHER;
  }

  private static String text(Reason reason, Path folder) {
    return switch (reason) {
      case LOCKED ->
          "folder " + folder + " is in use: stop the other process or choose another data folder";
      case UNWRITABLE -> "cannot write to folder " + folder + ": check its owner, mode and mount";
      case CORRUPT ->
          "data in folder "
              + folder
              + " is damaged; it is not repaired, as acknowledged writes would be lost: check the"
              + " disk, take this store out of the cluster and let it join anew with an empty"
              + " folder";
      case OTHER -> "cannot open folder " + folder;
    };
  }
}
