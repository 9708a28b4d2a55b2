package dev.flotilla.coprocessor.pf4j;

import dev.flotilla.coprocessor.Chain;
import dev.flotilla.coprocessor.CoprocessorStatus;
import dev.flotilla.coprocessor.CoprocessorStatus.State;
import dev.flotilla.coprocessor.Registration;
import dev.flotilla.coprocessor.Thrown;
import dev.flotilla.coprocessor.pf4j.ActivePlugin.Origin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps what is in use equal to what the plugin folder holds: starts what is new, then publishes a
 * chain of it, then stops what is used no more. So no command is missed, and none meets a plugin
 * that has stopped.
 *
 * <p>Used by the thread that starts the node, then by that of the {@link PluginWatch}, and once it
 * has ended, or is held up by the disk, by the one that stops the node.
 */
public final class CoprocessorManager implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CoprocessorManager.class);

  /** After so many looks a call that keeps a plugin from being stopped is told of. */
  private static final int LOOKS_WAITED_MAX = 30;

  private final FolderChanges changes;
  private final WorkFolder work;
  private final PluginHost host;

  /** Started plugins by id, in the order of their files. */
  private Map<String, ActivePlugin> active = new LinkedHashMap<>();

  /** Out of use, and not stopped yet. */
  private final List<ActivePlugin> leaving = new ArrayList<>();

  /** The chains that they were in. */
  private final List<Chain> replaced = new ArrayList<>();

  /** By id, what completes when no instance so far runs any more. */
  private final Map<String, CompletionStage<Void>> stopped = new HashMap<>();

  private int looksWaited;

  private List<CoprocessorStatus> unused = new ArrayList<>();

  /** The jars that could not be used when the folder was last made use of. */
  private List<PluginJar> failed = new ArrayList<>();

  private @Nullable PluginWatch watch;

  /** Whether the watching thread has to leave all to the one that stops the node. */
  private volatile boolean abandoned;

  private CoprocessorManager(FolderChanges changes, PluginHost host) {
    this.changes = changes;
    this.work = WorkFolder.prepare(changes.content().settings().workFolder());
    this.host = host;
  }

  /**
   * Loads and starts every jar of the folder, then publishes the chain. A plugin that fails is left
   * out, and the status says why.
   *
   * @param settingsNow reads the settings, at once and whenever the folder has changed; where the
   *     folders are is asked for once
   * @throws RequiredPluginsFailed when one is left out or missing that is required, or settings
   *     cannot be read; nothing is then published and everything is stopped again
   */
  public static CoprocessorManager start(Supplier<PluginSettings> settingsNow, PluginHost host) {
    FolderChanges changes = new FolderChanges(settingsNow);
    PluginSettings settings = changes.content().settings();
    if (!settings.unreadable().isEmpty()) {
      throw RequiredPluginsFailed.unreadable(settings.unreadable());
    }
    CoprocessorManager manager = new CoprocessorManager(changes, host);
    try {
      manager.active = manager.use(changes.content());
      manager.checkRequired(settings);
      manager.publish();
      return manager;
    } catch (Throwable failure) {
      manager.stopAll();
      throw failure;
    }
  }

  /**
   * From now on takes up what changes in the folder, within some seconds.
   *
   * @param introduction tells those that have come into use of the regions here; on the watching
   *     thread, and must not wait
   */
  public void watch(Consumer<Set<Registration>> introduction) {
    watch = PluginWatch.start(() -> look(introduction), host.faults());
  }

  /** What {@code jar} is and whether a node would use it; runs no code of it. */
  public static CheckReport checkJar(Path jar) {
    return JarCheck.check(jar);
  }

  /** Looks whether the folder has changed, and takes it up. Stops what has been waited for. */
  void look(Consumer<Set<Registration>> introduction) {
    if (!leaving.isEmpty()) {
      stopLeaving();
    }
    if (changes.look() && !abandoned) {
      takeUp(changes.content(), introduction);
    }
  }

  private void takeUp(FolderChanges.Content content, Consumer<Set<Registration>> introduction) {
    PluginSettings settings = content.settings();
    Map<String, ActivePlugin> before = active;
    Map<String, ActivePlugin> next = use(content);
    if (abandoned) {
      next.values().stream()
          .filter(plugin -> !before.containsValue(plugin))
          .forEach(ActivePlugin::close);
      return;
    }
    active = next;
    before.values().forEach(plugin -> keepOrLeave(plugin, settings));
    warnOfNextStart(settings);
    replaced.add(publish());
    Set<Registration> newcomers = new HashSet<>();
    active.values().stream()
        .filter(plugin -> !before.containsValue(plugin))
        .forEach(plugin -> newcomers.addAll(plugin.registrations()));
    if (!newcomers.isEmpty()) {
      introduction.accept(newcomers);
    }
    stopLeaving();
  }

  /** Stops what is used no more, unless a call still runs through a chain that it was in. */
  private void stopLeaving() {
    if (replaced.stream().allMatch(Chain::isUnused)) {
      closeLeaving();
      replaced.clear();
      looksWaited = 0;
    } else if (++looksWaited == LOOKS_WAITED_MAX) {
      LOG.warn(
          "{} not stopped so far: a call is still under way",
          leaving.stream().map(ActivePlugin::id).toList());
    }
  }

  /** Of each jar that can be used the instance that is active already, or a new one, by id. */
  private Map<String, ActivePlugin> use(FolderChanges.Content content) {
    PluginSettings settings = content.settings();
    Map<String, ActivePlugin> next = new LinkedHashMap<>();
    Set<String> found = new HashSet<>();
    unused = new ArrayList<>();
    failed = new ArrayList<>();
    for (PluginJar jar : content.jars()) {
      found.add(jar.id());
      try {
        use(jar, settings, next);
      } catch (PluginFailure failure) {
        LOG.error("coprocessor {} is not used: {}", jar.id(), failure.reason());
        Thrown.log(LOG, Level.DEBUG, failure, "coprocessor {} is not used", jar.id());
        unused.add(
            CoprocessorStatus.unused(jar.id(), jar.version(), State.FAILED, failure.reason()));
        failed.add(jar);
      }
    }
    warnOfStraySettings(settings, found);
    return next;
  }

  private void use(PluginJar jar, PluginSettings settings, Map<String, ActivePlugin> next)
      throws PluginFailure {
    jar.check();
    String id = jar.id();
    String unreadable = settings.unreadable().get(id);
    if (unreadable != null) {
      throw new PluginFailure("its settings cannot be read: " + unreadable);
    }
    PluginOptions options = settings.optionsOf(id);
    if (!options.enabled()) {
      unused.add(CoprocessorStatus.unused(id, jar.version(), State.DISABLED, "disabled by config"));
      return;
    }
    ActivePlugin first = next.get(id);
    if (first != null) {
      throw new PluginFailure(
          jar.name() + " has the Plugin-Id of " + first.origin().jar().name() + ", loaded before");
    }
    Origin origin = new Origin(jar, options);
    ActivePlugin before = active.get(id);
    if (before != null && before.origin().equals(origin)) {
      next.put(id, before);
      return;
    }
    CompletionStage<Void> earlier =
        stopped.getOrDefault(id, CompletableFuture.completedStage(null));
    ActivePlugin started =
        ActivePlugin.start(origin, jar.load(work), settings.dataFolder(), earlier, host);
    next.put(id, started);
    stopped.put(id, earlier.thenCompose(done -> started.stopped()));
    String instead = before == null ? "" : " in place of " + before.version();
    LOG.info("coprocessor {} {} is active{}, from {}", id, jar.version(), instead, jar.name());
  }

  /** Decides what becomes of a plugin that was active before the folder changed. */
  private void keepOrLeave(ActivePlugin plugin, PluginSettings settings) {
    ActivePlugin now = active.get(plugin.id());
    if (now == plugin) {
      return;
    }
    String reason = now == null ? reasonToKeep(plugin, settings) : null;
    if (reason != null) {
      active.put(plugin.id(), plugin);
      LOG.warn("coprocessor {} {} stays in use: {}", plugin.id(), plugin.version(), reason);
      return;
    }
    leaving.add(plugin);
    if (now == null) {
      LOG.info("coprocessor {} {} is not used any more", plugin.id(), plugin.version());
    }
  }

  /** Null when there is none. Whoever relies on its rules must not find out by their absence. */
  private @Nullable String reasonToKeep(ActivePlugin plugin, PluginSettings settings) {
    if (settings.unreadable().containsKey(plugin.id())) {
      return "its settings cannot be read, and may say that it is required";
    }
    boolean enabled = settings.optionsOf(plugin.id()).enabled();
    for (PluginJar jar : failed) {
      boolean instead =
          jar.id().equals(plugin.id()) || jar.file().equals(plugin.origin().jar().file());
      if (enabled && instead) {
        return "what has taken the place of its jar is not used";
      }
    }
    if (settings.required().contains(plugin.id())) {
      return "it is required; the next start would fail";
    }
    if (enabled && plugin.isMandatory()) {
      return "it says that it is mandatory; the next start would be without it";
    }
    return null;
  }

  private void checkRequired(PluginSettings settings) {
    Map<String, String> reasons = missing(settings);
    if (!reasons.isEmpty()) {
      throw RequiredPluginsFailed.missing(reasons);
    }
  }

  private void warnOfNextStart(PluginSettings settings) {
    if (!settings.unreadable().isEmpty()) {
      LOG.error(
          "no node starts with settings that cannot be read: {}",
          new TreeMap<>(settings.unreadable()));
    }
    missing(settings)
        .forEach((id, why) -> LOG.error("required coprocessor {} is not in use: {}", id, why));
  }

  /** Those required that are not active, and why. */
  private Map<String, String> missing(PluginSettings settings) {
    Map<String, String> reasons = new HashMap<>();
    for (String id : settings.required()) {
      if (!active.containsKey(id)) {
        reasons.put(id, reasonOf(id, settings));
      }
    }
    return reasons;
  }

  private String reasonOf(String id, PluginSettings settings) {
    return unused.stream()
        .filter(status -> status.pluginId().equals(id))
        .map(CoprocessorStatus::reason)
        .findFirst()
        .orElseGet(() -> noJar(settings));
  }

  /** The plugin that they are meant for goes by its defaults, even one that is to be disabled. */
  private static void warnOfStraySettings(PluginSettings settings, Set<String> found) {
    Set<String> set = new TreeSet<>(settings.options().keySet());
    set.addAll(settings.unreadable().keySet());
    for (String id : set) {
      if (!found.contains(id)) {
        LOG.warn(
            "there are settings of coprocessor {}, but {}: is it misspelt?", id, noJar(settings));
      }
    }
  }

  private static String noJar(PluginSettings settings) {
    return "no jar in " + settings.folder() + " has this Plugin-Id";
  }

  /** Returns the chain before. */
  private Chain publish() {
    List<Registration> registrations = new ArrayList<>();
    for (ActivePlugin plugin : active.values()) {
      registrations.addAll(plugin.registrations());
    }
    return host.calls().publish(Chain.of(registrations, unused));
  }

  /**
   * Publishes a chain without plugins, then stops them, last started first. Commands must have come
   * to an end: a call in flight would meet a stopped plugin.
   */
  @Override
  public void close() {
    abandoned = watch != null && !watch.stop();
    host.calls().publish(Chain.of(List.of()));
    stopAll();
  }

  private void stopAll() {
    closeLeaving();
    List<ActivePlugin> plugins = new ArrayList<>(active.values());
    for (int i = plugins.size() - 1; i >= 0; i--) {
      plugins.get(i).close();
    }
    active.clear();
  }

  /** The oldest first: a later one may wait for it. */
  private void closeLeaving() {
    leaving.forEach(ActivePlugin::close);
    leaving.clear();
  }
}
