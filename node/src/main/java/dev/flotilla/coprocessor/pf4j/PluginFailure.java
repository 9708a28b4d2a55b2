package dev.flotilla.coprocessor.pf4j;

import org.jspecify.annotations.Nullable;

/** Why a plugin is not used, in words for the operator. */
final class PluginFailure extends Exception {
  private static final long serialVersionUID = 1L;

  PluginFailure(String reason) {
    this(reason, null);
  }

  PluginFailure(String reason, @Nullable Throwable cause) {
    super(reason, cause);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
