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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A plugin whose coprocessors have started. Its own code starts and stops on threads of its own,
 * and is waited for as long as the limits say.
 */
final class ActivePlugin implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ActivePlugin.class);

  /** What a plugin loads at its start may be large; one that hangs shall not keep others out. */
  private static final long START_SECONDS_MAX = 60;

  /** For all that a plugin has to stop; the end of the process waits for each plugin in turn. */
  private static final long STOP_SECONDS_MAX = 5;

  private final Origin origin;
  private final LoadedPlugin plugin;
  private final List<Coprocessor> started = new ArrayList<>();
  private final List<Registration> registrations = new ArrayList<>();
  private final List<FeedThread> feeds = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();

  private ActivePlugin(Origin origin, LoadedPlugin plugin) {
    this.origin = origin;
    this.plugin = plugin;
  }

  /** What a plugin was made of: another jar or other options make another. */
  record Origin(PluginJar jar, PluginOptions options) {}

  /**
   * Starts everything in {@code plugin}, which from now on belongs to the result.
   *
   * @param dataFolder of all plugins
   * @param predecessorStopped completes when all instances before this one have stopped
   * @throws PluginFailure when a part did not start; the others are stopped again, all is closed
   */
  static ActivePlugin start(
      Origin origin,
      LoadedPlugin plugin,
      Path dataFolder,
      CompletionStage<Void> predecessorStopped,
      PluginHost host)
      throws PluginFailure {
    ActivePlugin active = new ActivePlugin(origin, plugin);
    CompletableFuture<Optional<Throwable>> outcome = new CompletableFuture<>();
    Thread starting =
        active.thread(
            "start of ",
            () -> {
              Optional<Throwable> failure = active.startAll(dataFolder, predecessorStopped);
              boolean waitedFor = outcome.complete(failure);
              if (!waitedFor && failure.isEmpty()) {
                active.stopAll();
              }
            });
    Throwable failure = await(outcome, starting).orElse(null);
    if (failure == null) {
      active.feed(host);
      return active;
    }
    Thrown.rethrowFatal(failure);
    throw failure instanceof PluginFailure known
        ? known
        : new PluginFailure("did not start: " + Thrown.words(failure), failure);
  }

  /** Waits as long as the limit says; what then goes on by itself stops itself at its end. */
  private static Optional<Throwable> await(
      CompletableFuture<Optional<Throwable>> outcome, Thread starting) {
    PluginFailure givenUp;
    try {
      return outcome.get(START_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      givenUp = new PluginFailure("has not started within " + START_SECONDS_MAX + " s");
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
      givenUp = new PluginFailure("was not waited for until it had started");
    } catch (ExecutionException e) {
      throw new AssertionError("nothing completes it so", e);
    }
    if (outcome.complete(Optional.of(givenUp))) {
      starting.interrupt();
    }
    return outcome.join();
  }

  /** A thread for the plugin's own code, begun. */
  private Thread thread(String what, Runnable code) {
    Thread thread = newThread(what, code);
    thread.start();
    return thread;
  }

  /** A thread that does not keep the process alive. */
  private Thread newThread(String what, Runnable code) {
    Thread thread = new Thread(code, what + id());
    thread.setDaemon(true);
    thread.setContextClassLoader(plugin.classes());
    return thread;
  }

  private Thread writesThread(Runnable code) {
    return newThread("writes for ", code);
  }

  private void feed(PluginHost host) {
    for (Registration registration : registrations) {
      if (registration.isFed()) {
        feeds.add(FeedThread.start(id(), registration, host, this::writesThread));
      }
    }
  }

  /** Returns what kept it from starting, after which nothing of it is left. */
  private Optional<Throwable> startAll(Path dataFolder, CompletionStage<Void> predecessorStopped) {
    try {
      startEach(dataFolder, predecessorStopped);
      return Optional.empty();
    } catch (Throwable failure) {
      stopAll();
      return Optional.of(failure);
    }
  }

  private void startEach(Path dataFolder, CompletionStage<Void> predecessorStopped)
      throws Exception {
    PluginManifest manifest = plugin.manifest();
    PluginOptions options = origin.options();
    CoprocessorConfig config = new CoprocessorConfig(options.config(), options.origins());
    CoprocessorEnvironment environment =
        new PluginEnvironment(manifest.id(), config, folder(dataFolder), predecessorStopped);
    plugin.start();
    for (Class<? extends Coprocessor> type : plugin.observers().keySet()) {
      Coprocessor observer = plugin.create(type);
      observer.start(environment);
      started.add(observer);
      registrations.add(
          Registration.of(
              manifest.id(), manifest.version(), observer, options.priority(), options.onError()));
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
      return Files.createDirectories(dataFolder.resolve(id()));
    } catch (IOException e) {
      throw new PluginFailure("its data folder cannot be made: " + e, e);
    }
  }

  String id() {
    return plugin.manifest().id();
  }

  String version() {
    return plugin.manifest().version();
  }

  Origin origin() {
    return origin;
  }

  List<Registration> registrations() {
    return registrations;
  }

  /** Whether any of it must not be passed over. */
  boolean isMandatory() {
    return plugin.observers().keySet().stream()
        .anyMatch(type -> Registration.marksOf(type).mandatory());
  }

  /** Completes when all of it has stopped, however late. */
  CompletionStage<Void> stopped() {
    return stopped.minimalCompletionStage();
  }

  /**
   * Stops what was started, last first, and closes the class loader. A plugin that takes its time
   * is left to it, and the node goes on; but the data of regions is taken from it at once.
   */
  @Override
  public void close() {
    feeds.forEach(FeedThread::close);
    FutureTask<Boolean> stopping = new FutureTask<>(this::stopAll, true);
    thread("stop of ", stopping);
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
    try {
      for (FeedThread feed : feeds) {
        if (!feed.join()) {
          // It may be for its stop to end what it does.
          LOG.warn("coprocessor {} is stopped while it is shown writes", id());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (int i = started.size() - 1; i >= 0; i--) {
      stop(started.get(i));
    }
    try {
      plugin.close();
    } catch (Throwable failure) {
      Thrown.rethrowFatal(failure);
      Thrown.log(LOG, Level.WARN, failure, "coprocessor {} was not unloaded cleanly", id());
    }
    WorkFolder.delete(plugin.file());
    stopped.complete(null);
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
