package dev.flotilla.coprocessor.api;

/**
 * Who refused a command and why, for those who only look.
 *
 * @param pluginId the plugin that refused, or whose failure did
 */
public record Rejection(String pluginId, RejectedException.Code code, String reason) {}
