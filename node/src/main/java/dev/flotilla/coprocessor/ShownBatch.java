package dev.flotilla.coprocessor;

import dev.flotilla.coprocessor.api.AppliedQuery;
import dev.flotilla.coprocessor.api.CmdBatch;
import dev.flotilla.coprocessor.api.RegionData;
import dev.flotilla.coprocessor.api.RegionView;
import dev.flotilla.proto.metapb.Region;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch while a plugin looks at it; opens the region's data only when it is asked for. May be
 * closed on any thread, also under a call that hangs: nothing of the engine is touched after that.
 */
public final class ShownBatch implements CmdBatch, AutoCloseable {
  private final AppliedCommands batch;
  private final RegionSource source;

  /** Not the batch itself: the plugin has that, and may hold its lock for ever. */
  private final Object lock = new Object();

  private boolean asked;
  private boolean closed;
  private @Nullable LentData lent;

  /**
   * @param source opens the data of the batch's region
   */
  public ShownBatch(AppliedCommands batch, RegionSource source) {
    this.batch = batch;
    this.source = source;
  }

  Region stored() {
    return batch.region();
  }

  @Override
  public RegionView region() {
    return new ProtoRegion(batch.region());
  }

  @Override
  public long after() {
    return batch.after();
  }

  @Override
  public long last() {
    return batch.last();
  }

  @Override
  public List<AppliedQuery> writes() {
    return batch.commands().stream()
        .<AppliedQuery>map(
            command -> new LoggedCommand(command.request(), command.index(), command.term()))
        .toList();
  }

  @Override
  public @Nullable RegionData data() {
    synchronized (lock) {
      if (closed) {
        throw new IllegalStateException("valid only during the call that brought it");
      }
      if (!asked) {
        asked = true;
        RegionSource.Opened opened = source.open(batch.region());
        lent = opened == null ? null : new LentData(opened);
      }
      return lent;
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      if (lent != null) {
        lent.close();
      }
    }
  }
}
