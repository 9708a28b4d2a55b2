package dev.flotilla.coprocessor.pf4j;

import dev.flotilla.coprocessor.pf4j.PluginFolder.Stamp;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notices that the plugin folder holds something else than before. One thread at a time. */
final class FolderChanges {
  private static final Logger LOG = LoggerFactory.getLogger(FolderChanges.class);

  private final Supplier<PluginSettings> settingsNow;
  private final PluginFolder folder;

  /** What there was at the last look, and when it was read last. */
  private NavigableMap<Path, Stamp> seen;

  private NavigableMap<Path, Stamp> read;
  private Content content;

  /** Why the folder cannot be read, as the log says already; empty when it can. */
  private String told = "";

  /**
   * Reads the folder.
   *
   * @param settingsNow reads the settings; where the folder is is asked for once
   */
  FolderChanges(Supplier<PluginSettings> settingsNow) {
    this.settingsNow = settingsNow;
    PluginSettings settings = settingsNow.get();
    this.folder = new PluginFolder(settings.folder());
    this.seen = folder.look();
    this.read = seen;
    this.content = new Content(settings, folder.jars(seen));
  }

  /** Settings and jars, as they were read together. */
  record Content(PluginSettings settings, List<PluginJar> jars) {
    Content {
      jars = List.copyOf(jars);
    }

    boolean isReadable() {
      return settings.unreadable().isEmpty()
          && jars.stream().allMatch(jar -> jar.failure() == null);
    }
  }

  Content content() {
    return content;
  }

  /**
   * Looks at the folder. It is read once it has not changed again since the last look, as a file
   * that is being copied grows; and again as long as something in it cannot be read, which may pass
   * without a change.
   *
   * @return whether there is something new to be made use of
   */
  boolean look() {
    try {
      NavigableMap<Path, Stamp> now = folder.look();
      boolean settled = now.equals(seen);
      seen = now;
      boolean changed = settled && readAgain(now);
      told = "";
      return changed;
    } catch (RuntimeException unreadable) {
      String reason = String.valueOf(unreadable.getMessage());
      if (!reason.equals(told)) {
        LOG.error("plugins stay as they are: {}", reason);
      }
      told = reason;
      return false;
    }
  }

  private boolean readAgain(NavigableMap<Path, Stamp> now) {
    boolean same = now.equals(read);
    if (same && content.isReadable()) {
      return false;
    }
    Content next = new Content(settingsNow.get(), folder.jars(now));
    boolean changed = !same || !next.equals(content);
    read = now;
    content = next;
    return changed;
  }
}
