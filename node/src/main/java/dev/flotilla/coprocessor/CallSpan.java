package dev.flotilla.coprocessor;

/**
 * When a plugin may edit: during its call. What is edited later, by a thread of its own for
 * example, would go unchecked, or be put down to another plugin.
 */
final class CallSpan {
  /** Volatile, as those who come late come on any thread. */
  private volatile boolean open;

  void begin() {
    open = true;
  }

  void end() {
    open = false;
  }

  void check() {
    if (!open) {
      throw new IllegalStateException("valid only during the call that brought it");
    }
  }
}
