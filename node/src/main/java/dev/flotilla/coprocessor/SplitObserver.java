package dev.flotilla.coprocessor;

import dev.flotilla.coprocessor.api.AdminCommand;
import dev.flotilla.coprocessor.api.AdminKind;
import dev.flotilla.coprocessor.api.AdminObserver;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.Observes;
import dev.flotilla.coprocessor.api.ProposeContext;
import dev.flotilla.coprocessor.api.RegionView;
import dev.flotilla.coprocessor.api.RejectedException;
import dev.flotilla.engine.Keys;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Refuses splits that would leave an empty region or reach out of this one. Only checks: unlike
 * TiKV 1.0's observer of this name it does not move keys to rows; a plugin may, and runs after it.
 */
@Observes(priority = 100, mandatory = true)
final class SplitObserver implements AdminObserver {
  static final String ID = "flotilla.split";

  @Override
  public void preProposeAdmin(ProposeContext context, AdminCommand command)
      throws RejectedException {
    if (command.kind() == AdminKind.SPLIT) {
      String problem = problem(context.region(), command.splitKeys());
      if (problem != null) {
        throw new RejectedException(RejectedException.Code.INVALID, problem);
      }
    }
  }

  /** What is wrong with splitting {@code region} at {@code keys}; null when nothing is. */
  static @Nullable String problem(RegionView region, List<Bytes> keys) {
    if (keys.isEmpty()) {
      return "no split key";
    }
    Bytes last = region.startKey();
    for (Bytes key : keys) {
      if (key.isEmpty()) {
        return "split key is empty";
      }
      if (key.length() > Keys.USER_KEY_BYTES_MAX) {
        return "split key of %s bytes, at most %s".formatted(key.length(), Keys.USER_KEY_BYTES_MAX);
      }
      if (!region.contains(key)) {
        return "split key " + key + " is not in region " + region.id();
      }
      if (key.compareTo(last) <= 0) {
        return key.equals(region.startKey())
            ? "split key " + key + " is the start of region " + region.id()
            : "split keys do not ascend at " + key;
      }
      last = key;
    }
    return null;
  }
}
