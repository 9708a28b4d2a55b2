package dev.flotilla.coprocessor.pf4j;

import dev.flotilla.coprocessor.Registration;
import dev.flotilla.coprocessor.Thrown;
import dev.flotilla.coprocessor.api.Coprocessor;
import dev.flotilla.coprocessor.api.CoprocessorConfig;
import dev.flotilla.coprocessor.api.CoprocessorEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** A plugin whose coprocessors have started. */
final class ActivePlugin implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ActivePlugin.class);

  /** For all that a plugin has to stop; the end of the process waits for each plugin in turn. */
  private static final long STOP_SECONDS_MAX = 5;

  private final LoadedPlugin plugin;
  private final List<Coprocessor> started = new ArrayList<>();
  private final List<Registration> registrations = new ArrayList<>();

  private ActivePlugin(LoadedPlugin plugin) {
    this.plugin = plugin;
  }

  /**
   * Starts everything in {@code plugin}, which from now on belongs to the result.
   *
   * @throws PluginFailure when a part did not start; the others are stopped again, all is closed
   */
  static ActivePlugin start(LoadedPlugin plugin, PluginOptions options, Path dataFolder)
      throws PluginFailure {
    ActivePlugin active = new ActivePlugin(plugin);
    try {
      active.startAll(options, dataFolder);
      return active;
    } catch (PluginFailure failure) {
      active.close();
      throw failure;
    } catch (Throwable failure) {
      active.close();
      Thrown.rethrowFatal(failure);
      throw new PluginFailure("did not start: " + Thrown.words(failure), failure);
    }
  }

  private void startAll(PluginOptions options, Path dataFolder) throws Exception {
    PluginManifest manifest = plugin.manifest();
    CoprocessorConfig config = new CoprocessorConfig(options.config(), options.origins());
    CoprocessorEnvironment environment =
        new PluginEnvironment(manifest.id(), config, folder(dataFolder));
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(plugin.classes());
    try {
      plugin.start();
      for (Class<? extends Coprocessor> type : plugin.observers().keySet()) {
        Coprocessor observer = plugin.create(type);
        observer.start(environment);
        started.add(observer);
        registrations.add(
            Registration.of(
                manifest.id(),
                manifest.version(),
                observer,
                options.priority(),
                options.onError()));
      }
    } finally {
      thread.setContextClassLoader(before);
    }
    for (String key : config.unasked()) {
      LOG.warn(
          "coprocessor {} has not asked for its setting {} ({}): is it misspelt?",
          id(),
          key,
          options.origins().getOrDefault(key, "config"));
    }
  }

  private Path folder(Path dataFolder) throws PluginFailure {
    try {
      return Files.createDirectories(dataFolder.resolve(plugin.manifest().id()));
    } catch (IOException e) {
      throw new PluginFailure("its data folder cannot be made: " + e, e);
    }
  }

  String id() {
    return plugin.manifest().id();
  }

  List<Registration> registrations() {
    return registrations;
  }

  /**
   * Stops what was started, last first, and closes the class loader. A plugin that takes its time
   * is left to it, and the node goes on; it does not keep the process alive.
   */
  @Override
  public void close() {
    FutureTask<Boolean> stopping = new FutureTask<>(this::stopAll, true);
    Thread thread = new Thread(stopping, "stop of " + id());
    thread.setDaemon(true);
    thread.setContextClassLoader(plugin.classes());
    thread.start();
    try {
      stopping.get(STOP_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      LOG.warn(
          "coprocessor {} has not stopped within {} s and is left behind", id(), STOP_SECONDS_MAX);
    } catch (ExecutionException failed) {
      // All else is logged where it is thrown.
      Thrown.rethrowFatal(Objects.requireNonNull(failed.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      LOG.warn("coprocessor {} was not waited for until it had stopped", id());
    }
  }

  private void stopAll() {
    for (int i = started.size() - 1; i >= 0; i--) {
      stop(started.get(i));
    }
    try {
      plugin.close();
    } catch (Throwable failure) {
      Thrown.rethrowFatal(failure);
      Thrown.log(LOG, Level.WARN, failure, "coprocessor {} was not unloaded cleanly", id());
    }
  }

  private void stop(Coprocessor observer) {
    try {
      observer.stop();
    } catch (Throwable failure) {
      Thrown.rethrowFatal(failure);
      Thrown.log(LOG, Level.WARN, failure, "coprocessor {} did not stop cleanly", id());
    }
  }
}
