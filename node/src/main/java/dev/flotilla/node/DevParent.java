package dev.flotilla.node;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The process of {@code flotilla dev}, as its nodes see it. It stops them when it ends; when it is
 * killed they have to find that out.
 */
final class DevParent {
  /** System property of the nodes that belong to one: its process id. */
  private static final String PID = "flotilla.dev.pid";

  private DevParent() {}

  /** Option of the JVM for a node that is to stop when this process has ended. */
  static String option() {
    return "-D" + PID + "=" + ProcessHandle.current().pid();
  }

  /** Runs {@code action} once that process has ended, if this one belongs to any; any thread. */
  static void onEnd(Runnable action) {
    Long pid = Long.getLong(PID);
    if (pid == null) {
      return;
    }
    Optional<ProcessHandle> parent = ProcessHandle.of(pid);
    if (parent.isEmpty()) {
      action.run();
    } else {
      CompletableFuture<Void> unused = parent.get().onExit().thenRun(action);
    }
  }
}
