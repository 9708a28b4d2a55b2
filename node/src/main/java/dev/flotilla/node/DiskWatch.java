package dev.flotilla.node;

import dev.flotilla.config.SettingText;
import dev.flotilla.proto.disk_usage.DiskUsage;
import io.vertx.core.Vertx;
import java.io.File;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks how much space is left on the disk of a store: a database whose disk is full fails, so a
 * reserve of it is kept from clients. TiKV does likewise.
 */
final class DiskWatch {
  private static final Logger LOG = LoggerFactory.getLogger(DiskWatch.class);

  /** At several hundred MiB a second, writes take a part of the reserve between two looks. */
  private static final long EVERY_MILLIS = 1_000;

  /** The part of the reserve that is not even for deletes: what is logged must be applied. */
  private static final int LAST_PART = 4;

  /** So much of the reserve more must be free before it counts as such, or the two take turns. */
  private static final int MARGIN_PART = 20;

  private final File disk;
  private final long reserveBytes;
  private volatile DiskUsage usage = DiskUsage.Normal;
  private volatile boolean over;

  /**
   * @param dataDir any folder on the disk
   * @param reserveBytes what is kept from clients, 0 or more
   */
  DiskWatch(Path dataDir, long reserveBytes) {
    this.disk = dataDir.toFile();
    this.reserveBytes = reserveBytes;
  }

  /** Size of the disk in bytes; 0 when it does not say. Blocks. */
  long capacity() {
    return disk.getTotalSpace();
  }

  /** Bytes that are left besides the reserve. Blocks. */
  long available() {
    return Math.max(0, disk.getUsableSpace() - reserveBytes);
  }

  /** How it was at the last look. Any thread. */
  DiskUsage usage() {
    return usage;
  }

  /** Looks from now on, and tells {@code changed} of what is different from before. */
  void start(Vertx vertx, Consumer<DiskUsage> changed) {
    if (over) {
      return;
    }
    vertx
        .executeBlocking(() -> usage(capacity(), disk.getUsableSpace(), usage), false)
        .onSuccess(
            now -> {
              if (now != usage) {
                usage = now;
                tell(now);
                changed.accept(now);
              }
            })
        .onFailure(failure -> LOG.warn("the disk of {} does not say what is left", disk, failure))
        // Not by a periodic timer: a disk that hangs would be asked again and again.
        .onComplete(done -> vertx.setTimer(EVERY_MILLIS, id -> start(vertx, changed)));
  }

  /** Looks no more: the threads for that are about to go. */
  void stop() {
    over = true;
  }

  /**
   * What so much space means.
   *
   * @param before what it meant at the last look
   */
  DiskUsage usage(long capacity, long usable, DiskUsage before) {
    if (capacity == 0) {
      return DiskUsage.Normal;
    }
    DiskUsage now = usage(usable);
    if (now.compareTo(before) >= 0) {
      return now;
    }
    DiskUsage cautious = usage(usable - reserveBytes / MARGIN_PART);
    return cautious.compareTo(before) < 0 ? cautious : before;
  }

  private DiskUsage usage(long usable) {
    if (usable >= reserveBytes) {
      return DiskUsage.Normal;
    }
    return usable >= reserveBytes / LAST_PART ? DiskUsage.AlmostFull : DiskUsage.AlreadyFull;
  }

  private void tell(DiskUsage now) {
    String reserve = SettingText.ofBytes(reserveBytes);
    switch (now) {
      case Normal -> LOG.info("the disk of {} has space again: all writes are taken", disk);
      case AlmostFull ->
          LOG.warn(
              "the disk of {} is almost full: less than storage.reserve-bytes, {}, is left;"
                  + " the regions that this store leads take no new data until there is more",
              disk,
              reserve);
      case AlreadyFull, UNRECOGNIZED ->
          LOG.error(
              "the disk of {} is full: less than a quarter of storage.reserve-bytes, {}, is left;"
                  + " the regions that this store leads take no writes until there is more",
              disk,
              reserve);
    }
  }
}
