package dev.flotilla.coprocessor.pf4j;

import dev.flotilla.coprocessor.api.Coprocessor;

/**
 * Parent of all plugins' class loaders: shows the JDK and what node and plugins must agree on.
 * Class files, not resources: what the node's class path holds is none of a plugin's business.
 */
final class SharedClasses extends ClassLoader {
  static final SharedClasses INSTANCE = new SharedClasses();

  private SharedClasses() {
    super("coprocessor-api", ClassLoader.getPlatformClassLoader());
  }

  /** Whether a class comes from the node even if a plugin's jar has one of its name. */
  static boolean isShared(String name) {
    return name.startsWith("dev.flotilla.coprocessor.api.")
        || name.startsWith("org.slf4j.")
        || name.startsWith("org.pf4j.");
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    return isShared(name)
        ? Class.forName(name, false, Coprocessor.class.getClassLoader())
        : super.loadClass(name, resolve);
  }
}
