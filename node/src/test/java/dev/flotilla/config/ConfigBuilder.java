package dev.flotilla.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Changes settings by name, so that a setting more is no work here. One that does not exist is a
 * mistake of the caller.
 */
public final class ConfigBuilder {
  private final Map<String, Object> values = new LinkedHashMap<>();

  private ConfigBuilder() {}

  /** Begins with {@code config}. */
  public static ConfigBuilder from(RaftStoreConfig config) {
    ConfigBuilder builder = new ConfigBuilder();
    try {
      for (RecordComponent component : RaftStoreConfig.class.getRecordComponents()) {
        builder.values.put(component.getName(), component.getAccessor().invoke(config));
      }
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("settings cannot be read", e);
    }
    return builder;
  }

  /** Changes one setting. */
  public ConfigBuilder set(String name, Object value) {
    if (!values.containsKey(name)) {
      throw new IllegalArgumentException("no setting " + name);
    }
    values.put(name, value);
    return this;
  }

  /** The settings as they are now, which must be valid. */
  public RaftStoreConfig build() {
    RecordComponent[] components = RaftStoreConfig.class.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = components[i].getType();
    }
    try {
      return RaftStoreConfig.class
          .getDeclaredConstructor(types)
          .newInstance(values.values().toArray());
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("settings are not valid: " + values, e);
    }
  }
}
