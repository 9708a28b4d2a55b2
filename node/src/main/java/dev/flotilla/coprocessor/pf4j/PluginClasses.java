package dev.flotilla.coprocessor.pf4j;

import org.pf4j.ClassLoadingStrategy;
import org.pf4j.PluginClassLoader;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginManager;

/**
 * A plugin's own classes, before those of its parent. The shared ones come from the parent always:
 * a second copy of the API in the jar would be other classes of the same names.
 */
final class PluginClasses extends PluginClassLoader {

  PluginClasses(PluginManager manager, PluginDescriptor descriptor) {
    super(manager, descriptor, SharedClasses.INSTANCE, ClassLoadingStrategy.PDA);
  }

  @Override
  public Class<?> loadClass(String name) throws ClassNotFoundException {
    return SharedClasses.isShared(name)
        ? SharedClasses.INSTANCE.loadClass(name)
        : super.loadClass(name);
  }
}
