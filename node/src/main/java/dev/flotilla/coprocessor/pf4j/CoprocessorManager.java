package dev.flotilla.coprocessor.pf4j;

import dev.flotilla.coprocessor.Chain;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.CoprocessorStatus;
import dev.flotilla.coprocessor.CoprocessorStatus.State;
import dev.flotilla.coprocessor.Registration;
import dev.flotilla.coprocessor.Thrown;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Loads the plugins of a folder, starts them and publishes their chain; stops them in the end. Used
 * by the thread that starts and stops the node.
 */
public final class CoprocessorManager implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CoprocessorManager.class);

  private final PluginSettings settings;
  private final CoprocessorHost host;
  private final List<CoprocessorStatus> unused = new ArrayList<>();

  /** Ids that jars have, of whatever became of them. */
  private final Set<String> found = new HashSet<>();

  /** Started plugins by id, in the order of their files. */
  private final Map<String, ActivePlugin> active = new LinkedHashMap<>();

  /** Which file brought an id. */
  private final Map<String, Path> sources = new HashMap<>();

  private CoprocessorManager(PluginSettings settings, CoprocessorHost host) {
    this.settings = settings;
    this.host = host;
  }

  /**
   * Loads and starts every jar of the folder, then publishes the chain. A plugin that fails is left
   * out, and the host's status says why.
   *
   * @throws RequiredPluginsFailed when one is left out or missing that is required; nothing is then
   *     published and everything is stopped again
   */
  public static CoprocessorManager start(PluginSettings settings, CoprocessorHost host) {
    CoprocessorManager manager = new CoprocessorManager(settings, host);
    try {
      WorkFolder work = WorkFolder.prepare(settings.workFolder());
      for (Path jar : WorkFolder.jars(settings.folder())) {
        manager.use(jar, work);
      }
      manager.checkRequired();
      manager.warnOfStraySettings();
      manager.publish();
      return manager;
    } catch (Throwable failure) {
      manager.stopAll();
      throw failure;
    }
  }

  /** What {@code jar} is and whether a node would use it; runs no code of it. */
  public static CheckReport checkJar(Path jar) {
    return JarCheck.check(jar);
  }

  private void use(Path jar, WorkFolder work) {
    // The best name so far: until the manifest is read, the file's.
    String id = jar.getFileName().toString();
    String version = "";
    try {
      Path copy = work.copy(jar);
      PluginManifest manifest = PluginManifest.read(copy);
      id = manifest.id();
      version = manifest.version();
      found.add(id);
      manifest.check();
      PluginOptions options = settings.optionsOf(id);
      if (!options.enabled()) {
        unused.add(CoprocessorStatus.unused(id, version, State.DISABLED, "disabled by config"));
        return;
      }
      Path first = sources.get(id);
      if (first != null) {
        throw new PluginFailure(
            jar.getFileName() + " has the Plugin-Id of " + first.getFileName() + ", loaded before");
      }
      LoadedPlugin loaded = LoadedPlugin.load(manifest, copy);
      active.put(id, ActivePlugin.start(loaded, options, settings.dataFolder()));
      sources.put(id, jar);
      LOG.info("coprocessor {} {} is active, from {}", id, version, jar.getFileName());
    } catch (PluginFailure failure) {
      LOG.error("coprocessor {} is not used: {}", id, failure.reason());
      Thrown.log(LOG, Level.DEBUG, failure, "coprocessor {} is not used", id);
      unused.add(CoprocessorStatus.unused(id, version, State.FAILED, failure.reason()));
    }
  }

  private void checkRequired() {
    Map<String, String> reasons = new HashMap<>();
    for (String id : settings.required()) {
      if (!active.containsKey(id)) {
        reasons.put(id, reasonOf(id));
      }
    }
    if (!reasons.isEmpty()) {
      throw new RequiredPluginsFailed(reasons);
    }
  }

  /** The plugin that they are meant for goes by its defaults, even one that is to be disabled. */
  private void warnOfStraySettings() {
    for (String id : new TreeSet<>(settings.options().keySet())) {
      if (!found.contains(id)) {
        LOG.warn("there are settings of coprocessor {}, but {}: is it misspelt?", id, noJar());
      }
    }
  }

  private String noJar() {
    return "no jar in " + settings.folder() + " has this Plugin-Id";
  }

  private String reasonOf(String id) {
    return unused.stream()
        .filter(status -> status.pluginId().equals(id))
        .map(CoprocessorStatus::reason)
        .findFirst()
        .orElseGet(this::noJar);
  }

  private void publish() {
    List<Registration> registrations = new ArrayList<>();
    for (ActivePlugin plugin : active.values()) {
      registrations.addAll(plugin.registrations());
    }
    host.publish(Chain.of(registrations, unused));
  }

  /**
   * Publishes a chain without plugins, then stops them, last started first. Commands must have come
   * to an end: a call in flight would meet a stopped plugin.
   */
  @Override
  public void close() {
    host.publish(Chain.of(List.of()));
    stopAll();
  }

  private void stopAll() {
    List<ActivePlugin> plugins = new ArrayList<>(active.values());
    for (int i = plugins.size() - 1; i >= 0; i--) {
      plugins.get(i).close();
    }
    active.clear();
    sources.clear();
  }
}
