package dev.flotilla.node.settings;

/**
 * A value as it was written.
 *
 * @param text the value
 * @param origin where it was written, such as {@code conf/node.toml:12} or {@code option --addr}
 */
public record RawSetting(String text, String origin) {}
