package dev.flotilla.security;

import dev.flotilla.config.NodeName;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose certificate speaks for which store: the name of its node, which the placement driver put on
 * record when it let the store in, and which does not change. Any thread; never blocks.
 *
 * <p>A store that was let in before connections were encrypted may have no name on record. Until
 * its node has registered one, whoever has a certificate may speak for it.
 */
public final class StoreNames {
  private static final Logger LOG = LoggerFactory.getLogger(StoreNames.class);

  private final boolean checked;
  private final Map<Long, String> known = new ConcurrentHashMap<>();
  private final Set<Long> gone = ConcurrentHashMap.newKeySet();
  private final LogPace pace = new LogPace();
  private volatile Runnable onUnknown = () -> {};

  /**
   * @param checked whether connections are encrypted; otherwise nobody is asked who he is, and
   *     names are only collected
   */
  public StoreNames(boolean checked) {
    this.checked = checked;
  }

  /** Whether it matters who speaks. */
  public boolean isChecked() {
    return checked;
  }

  /** Has {@code listener} told when one speaks for a store that is not known here; may be often. */
  public void onUnknown(Runnable listener) {
    onUnknown = listener;
  }

  /**
   * Takes in what is on record.
   *
   * @param name empty for none; what cannot be a name is passed over
   */
  public void record(long storeId, String name) {
    if (isUsable(storeId, name)) {
      known.put(storeId, name);
    }
  }

  /** Takes in what another node says is on record: never in place of a name that is known. */
  public void hear(long storeId, String name) {
    if (isUsable(storeId, name)) {
      known.merge(storeId, name, (before, said) -> before.isEmpty() ? said : before);
    }
  }

  private boolean isUsable(long storeId, String name) {
    return (name.isEmpty() || NodeName.isValid(name)) && !gone.contains(storeId);
  }

  /** A store that is no more: ids are not given out again, so nobody speaks for it. */
  public void forget(long storeId) {
    gone.add(storeId);
    known.remove(storeId);
  }

  /** The name on record, empty for none; null when the store is not known. */
  public @Nullable String find(long storeId) {
    return known.get(storeId);
  }

  /** Whether {@code sender} may speak for a store. One who may not is logged, now and then. */
  public boolean admits(long storeId, Sender sender) {
    if (!checked || sender.self()) {
      return true;
    }
    String name = known.get(storeId);
    if (name == null) {
      LOG.debug("{} speaks for store {}, which is not known here", sender, storeId);
      onUnknown.run();
      return false;
    }
    if (name.isEmpty() || sender.goesBy(name)) {
      return true;
    }
    if (pace.allows()) {
      LOG.warn(
          "refused: store {} is that of {}, but who spoke for it has a certificate of {}",
          storeId,
          name,
          sender);
    }
    return false;
  }

  /** Whether {@code sender} is the node of a store of the cluster. */
  public boolean isMember(Sender sender) {
    if (!checked || sender.self()) {
      return true;
    }
    for (String name : known.values()) {
      if (name.isEmpty() || sender.goesBy(name)) {
        return true;
      }
    }
    onUnknown.run();
    return false;
  }

  /** Whether {@code sender} may have {@code name} put on record for itself. */
  public boolean mayRegister(String name, Sender sender) {
    if (!checked || sender.self()) {
      return true;
    }
    if (NodeName.isValid(name) && sender.goesBy(name)) {
      return true;
    }
    if (pace.allows()) {
      LOG.warn("refused: who wants to be {} has a certificate of {}", name, sender);
    }
    return false;
  }
}
