package dev.flotilla.plugins.splitrowguard;

import dev.flotilla.coprocessor.api.AdminCommand;
import dev.flotilla.coprocessor.api.AdminKind;
import dev.flotilla.coprocessor.api.AdminObserver;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.CoprocessorEnvironment;
import dev.flotilla.coprocessor.api.Observes;
import dev.flotilla.coprocessor.api.ProposeContext;
import dev.flotilla.coprocessor.api.RejectedException;
import java.util.List;
import org.pf4j.Extension;

/**
 * Moves split keys back to where their row begins, so that no row ever straddles two regions; what
 * TiKV 1.0's split observer does for TiDB, for other layouts of keys as well.
 *
 * <p>A split inside of a region's first row is refused: there is nothing to split off.
 *
 * <p>Settings: {@code layout} = {@code prefix-length} (with {@code prefix-length}, in bytes),
 * {@code separator} (with {@code separator}, a text or {@code 0x} and digits, and {@code
 * separator-occurrence}, default 1) or {@code tidb} (with {@code encoded}, default true).
 */
@Extension
@Observes(priority = 150)
public final class SplitRowGuard implements AdminObserver {
  private RowLayout layout = key -> key;

  @Override
  public void start(CoprocessorEnvironment environment) {
    layout = RowLayout.of(environment.config());
  }

  @Override
  public void preProposeAdmin(ProposeContext context, AdminCommand command)
      throws RejectedException {
    if (command.kind() != AdminKind.SPLIT) {
      return;
    }
    List<Bytes> keys = command.splitKeys();
    Bytes last = context.region().startKey();
    for (int i = 0; i < keys.size(); i++) {
      Bytes row = layout.rowOf(keys.get(i));
      if (row.compareTo(last) <= 0) {
        throw new RejectedException(
            RejectedException.Code.INVALID,
            "split key " + keys.get(i) + " is inside of a row that cannot be split off");
      }
      if (!row.equals(keys.get(i))) {
        command.setSplitKey(i, row);
      }
      last = row;
    }
  }
}
