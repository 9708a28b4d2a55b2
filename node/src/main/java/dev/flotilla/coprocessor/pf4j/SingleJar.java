package dev.flotilla.coprocessor.pf4j;

import dev.flotilla.coprocessor.api.ApiVersion;
import java.nio.file.Path;
import org.pf4j.JarPluginLoader;
import org.pf4j.JarPluginManager;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginLoader;

/**
 * PF4J for one jar. Each plugin has its own, so that nothing of one is left behind in another's and
 * two versions of a plugin could live side by side.
 */
final class SingleJar extends JarPluginManager {

  SingleJar(Path root) {
    super(root);
    setSystemVersion(ApiVersion.CURRENT);
  }

  @Override
  protected PluginLoader createPluginLoader() {
    return new JarPluginLoader(this) {
      @Override
      public ClassLoader loadPlugin(Path jar, PluginDescriptor descriptor) {
        PluginClasses classes = new PluginClasses(pluginManager, descriptor);
        classes.addFile(jar.toFile());
        return classes;
      }
    };
  }
}
