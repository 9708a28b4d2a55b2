package dev.flotilla.coprocessor;

/** Takes what was applied to a {@link dev.flotilla.coprocessor.api.CmdObserver}. */
public interface CommandFeed {
  /** Takes {@code batch}, or leaves it out when too much waits. Any thread; does not wait. */
  void offer(AppliedCommands batch);
}
