package dev.flotilla.coprocessor;

/**
 * When a plugin may edit: while a call with the draft is under way. What is edited between calls or
 * after the last, by a thread of the plugin's own for example, would go unchecked. It is a guard
 * against mistakes: who edits by such a thread during another plugin's call is not found out.
 */
class CallSpan {
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
