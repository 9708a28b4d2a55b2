package dev.flotilla.coprocessor.pf4j;

import dev.flotilla.coprocessor.Hook;
import dev.flotilla.coprocessor.Thrown;
import dev.flotilla.coprocessor.api.Coprocessor;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pf4j.Plugin;
import org.pf4j.PluginRuntimeException;
import org.pf4j.PluginState;

/** One plugin's classes, loaded from a copy of its jar. No code of it has run yet. */
final class LoadedPlugin implements AutoCloseable {
  private final PluginManifest manifest;
  private final Path file;
  private final SingleJar jar;
  private final Map<Class<? extends Coprocessor>, Set<Hook>> observers;

  private LoadedPlugin(
      PluginManifest manifest,
      Path file,
      SingleJar jar,
      Map<Class<? extends Coprocessor>, Set<Hook>> observers) {
    this.manifest = manifest;
    this.file = file;
    this.jar = jar;
    this.observers = observers;
  }

  /** Loads the classes that the index of {@code file} names. */
  static LoadedPlugin load(PluginManifest manifest, Path file) throws PluginFailure {
    SingleJar jar = new SingleJar(Objects.requireNonNull(file.toAbsolutePath().getParent()));
    try {
      jar.loadPlugin(file);
      return new LoadedPlugin(manifest, file, jar, observers(manifest, jar));
    } catch (PluginFailure e) {
      jar.unloadPlugins();
      throw e;
    } catch (PluginRuntimeException | IllegalArgumentException e) {
      jar.unloadPlugins();
      throw new PluginFailure("cannot be loaded: " + e.getMessage(), e);
    } catch (Throwable failure) {
      jar.unloadPlugins();
      Thrown.rethrowFatal(failure);
      throw new PluginFailure("cannot be loaded: " + Thrown.words(failure), failure);
    }
  }

  private static Map<Class<? extends Coprocessor>, Set<Hook>> observers(
      PluginManifest manifest, SingleJar jar) throws PluginFailure {
    Set<String> names = new TreeSet<>(jar.getExtensionClassNames(manifest.id()));
    if (names.isEmpty()) {
      throw new PluginFailure(
          "META-INF/extensions.idx names no class; is PF4J's annotation processor on, and a class"
              + " marked @Extension?");
    }
    ClassLoader loader = jar.getPluginClassLoader(manifest.id());
    checkMain(loader, jar.getPlugin(manifest.id()).getDescriptor().getPluginClass());
    Map<Class<? extends Coprocessor>, Set<Hook>> observers = new LinkedHashMap<>();
    for (String name : names) {
      Class<? extends Coprocessor> type = type(loader, name);
      observers.put(type, hooks(type));
    }
    if (observers.values().stream().filter(hooks -> hooks.contains(Hook.QUERY)).count() > 1) {
      throw new PluginFailure("more than one class is an endpoint; clients call the plugin's id");
    }
    return observers;
  }

  /** PF4J would log that it cannot make one, and fail for another reason after that. */
  private static void checkMain(ClassLoader loader, @Nullable String name) throws PluginFailure {
    if (name == null) {
      return;
    }
    try {
      if (!Plugin.class.isAssignableFrom(loader.loadClass(name))) {
        throw new PluginFailure("Plugin-Class " + name + " is no org.pf4j.Plugin");
      }
    } catch (ClassNotFoundException | LinkageError e) {
      throw new PluginFailure("Plugin-Class " + name + " cannot be loaded: " + e, e);
    }
  }

  private static Class<? extends Coprocessor> type(ClassLoader loader, String name)
      throws PluginFailure {
    Class<?> type;
    try {
      type = loader.loadClass(name);
    } catch (ClassNotFoundException | LinkageError e) {
      throw new PluginFailure("class " + name + " cannot be loaded: " + e, e);
    }
    if (!Coprocessor.class.isAssignableFrom(type)) {
      throw new PluginFailure("class " + name + " is no Coprocessor");
    }
    if (!isMadeOfNothing(type)) {
      throw new PluginFailure("class " + name + " has no public constructor without parameters");
    }
    if (Modifier.isAbstract(type.getModifiers())) {
      throw new PluginFailure("class " + name + " is abstract");
    }
    return type.asSubclass(Coprocessor.class);
  }

  /** Looking at the constructors looks for the classes that any of them names. */
  private static boolean isMadeOfNothing(Class<?> type) throws PluginFailure {
    try {
      return Arrays.stream(type.getConstructors()).anyMatch(made -> made.getParameterCount() == 0);
    } catch (LinkageError e) {
      throw new PluginFailure("class " + type.getName() + " cannot be linked: " + e, e);
    }
  }

  /** Looking at the methods links them: a class they name and cannot see shows here. */
  private static Set<Hook> hooks(Class<? extends Coprocessor> type) throws PluginFailure {
    try {
      return Hook.overriddenBy(type);
    } catch (LinkageError e) {
      throw new PluginFailure("class " + type.getName() + " cannot be linked: " + e, e);
    }
  }

  PluginManifest manifest() {
    return manifest;
  }

  /** The jar that the classes are read from. */
  Path file() {
    return file;
  }

  /** The coprocessor classes by name, and what each overrides. */
  Map<Class<? extends Coprocessor>, Set<Hook>> observers() {
    return observers;
  }

  ClassLoader classes() {
    return jar.getPluginClassLoader(manifest.id());
  }

  /** Starts PF4J's own part: the {@code Plugin-Class}, if the jar has one. */
  void start() throws PluginFailure {
    PluginState state = jar.startPlugin(manifest.id());
    if (state != PluginState.STARTED) {
      throw new PluginFailure("Plugin-Class did not start: " + state);
    }
  }

  /** Makes the one instance of {@code type}. */
  Coprocessor create(Class<? extends Coprocessor> type) throws PluginFailure {
    try {
      return jar.getExtensionFactory().create(type);
    } catch (PluginRuntimeException e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw new PluginFailure("constructor of " + type.getName() + " failed: " + cause, e);
    }
  }

  /** Stops PF4J's part and closes the class loader. */
  @Override
  public void close() {
    try {
      jar.stopPlugins();
    } finally {
      jar.unloadPlugins();
    }
  }
}
