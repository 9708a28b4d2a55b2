package dev.flotilla.coprocessor.pf4j;

import dev.flotilla.coprocessor.Hook;
import dev.flotilla.coprocessor.Registration;
import dev.flotilla.coprocessor.Thrown;
import dev.flotilla.coprocessor.api.Coprocessor;
import dev.flotilla.coprocessor.api.Observes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Looks into a jar by the way that loading takes, short of running its code. */
final class JarCheck {
  private final List<CheckReport.Observer> observers = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private JarCheck() {}

  static CheckReport check(Path jar) {
    JarCheck check = new JarCheck();
    PluginManifest manifest;
    try {
      manifest = PluginManifest.read(jar);
    } catch (PluginFailure e) {
      return new CheckReport("", "", "", List.of(), List.of(e.reason()), List.of());
    }
    check.look(manifest, jar);
    return new CheckReport(
        manifest.id(),
        manifest.version(),
        manifest.requires(),
        check.observers,
        check.problems,
        check.notes);
  }

  private void look(PluginManifest manifest, Path jar) {
    if (manifest.requires().equals("*")) {
      notes.add("the manifest has no Plugin-Requires: any API version is taken");
    }
    try {
      manifest.check();
    } catch (PluginFailure e) {
      // Classes built for another API may not even load; there is nothing more to see.
      problems.add(e.reason());
      return;
    }
    try (LoadedPlugin plugin = LoadedPlugin.load(manifest, jar)) {
      plugin.observers().forEach(this::look);
    } catch (PluginFailure e) {
      problems.add(e.reason());
    }
  }

  private void look(Class<? extends Coprocessor> type, Set<Hook> overridden) {
    List<String> hooks = overridden.stream().map(Hook::method).toList();
    try {
      Observes marks = Registration.marksOf(type);
      // A value that is damaged shows only when it is asked for.
      Objects.requireNonNull(marks.onError());
      observers.add(
          new CheckReport.Observer(type.getName(), marks.priority(), marks.mandatory(), hooks));
    } catch (Throwable damaged) {
      Thrown.rethrowFatal(damaged);
      problems.add(
          "what marks class " + type.getName() + " cannot be read: " + Thrown.words(damaged));
      return;
    }
    if (hooks.isEmpty()) {
      notes.add("class " + type.getName() + " overrides no hook: it is started but never called");
    }
  }
}
