package dev.flotilla.coprocessor.pf4j;

import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.api.Coprocessor;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.pf4j.ExtensionPoint;
import org.slf4j.Logger;

/** Builds real plugin jars from source text, against the API alone. */
public final class PluginJars {
  /** A node for plugins that read nothing and do nothing that a process does not survive. */
  public static PluginHost node(CoprocessorHost calls) {
    return new PluginHost(
        calls,
        region -> null,
        fault -> {
          throw new AssertionError("fault", fault);
        });
  }

  private final Path work;

  public PluginJars(Path work) {
    this.work = work;
  }

  /** A jar to be: its manifest and the extensions that its index names. */
  public static final class Recipe {
    private final Map<String, String> manifest = new TreeMap<>();
    private final Map<String, String> sources = new TreeMap<>();
    private List<String> index = List.of();

    public static Recipe of(String id, String version) {
      return new Recipe()
          .manifest("Plugin-Id", id)
          .manifest("Plugin-Version", version)
          .manifest("Plugin-Requires", "^1.0.0");
    }

    Recipe manifest(String key, String value) {
      manifest.put(key, value);
      return this;
    }

    /** Adds {@code body} as the body of class {@code plugin.name}, an extension. */
    public Recipe extension(String name, String declaration, String body) {
      source(name, declaration, body);
      index =
          java.util.stream.Stream.concat(index.stream(), List.of("plugin." + name).stream())
              .toList();
      return this;
    }

    Recipe source(String name, String declaration, String body) {
      sources.put(
          name,
          "package plugin;\n"
              + "import dev.flotilla.coprocessor.api.*;\n"
              + declaration.replace("@@", "public final class " + name)
              + " {\n"
              + body
              + "\n}\n");
      return this;
    }

    Recipe index(String... names) {
      index = List.of(names);
      return this;
    }
  }

  /** Compiles and packs {@code recipe}. */
  public Path build(Path jar, Recipe recipe) throws IOException {
    Path classes = Files.createTempDirectory(Files.createDirectories(work), "classes");
    compile(recipe, classes);
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    recipe.manifest.forEach((key, value) -> manifest.getMainAttributes().putValue(key, value));
    Files.createDirectories(jar.getParent());
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest);
        var compiled = Files.walk(classes)) {
      for (Path path : compiled.filter(Files::isRegularFile).sorted().toList()) {
        out.putNextEntry(new ZipEntry(classes.relativize(path).toString().replace('\\', '/')));
        Files.copy(path, out);
      }
      out.putNextEntry(new ZipEntry("META-INF/extensions.idx"));
      out.write(String.join("\n", recipe.index).getBytes(StandardCharsets.UTF_8));
    }
    return jar;
  }

  private static void compile(Recipe recipe, Path classes) throws IOException {
    if (recipe.sources.isEmpty()) {
      return;
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    List<JavaFileObject> units =
        recipe.sources.entrySet().stream()
            .<JavaFileObject>map(entry -> new Source(entry.getKey(), entry.getValue()))
            .toList();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
      files.setLocationFromPaths(
          StandardLocation.CLASS_PATH,
          locations(Coprocessor.class, ExtensionPoint.class, Logger.class));
      boolean compiled =
          compiler
              .getTask(messages, files, null, List.of("-proc:none", "--release", "17"), null, units)
              .call();
      if (!compiled) {
        throw new AssertionError(messages.toString());
      }
    }
  }

  private static List<Path> locations(Class<?>... types) {
    return Arrays.stream(types)
        .map(
            type -> {
              try {
                return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
              } catch (URISyntaxException e) {
                throw new AssertionError(e);
              }
            })
        .collect(Collectors.toList());
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String name, String text) {
      super(URI.create("string:///plugin/" + name + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
