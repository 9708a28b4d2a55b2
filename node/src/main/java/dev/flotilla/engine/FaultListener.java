package dev.flotilla.engine;

/** Told of the first fault of an engine, so that its owner can stop the process. */
@FunctionalInterface
public interface FaultListener {

  /**
   * Called at most once an engine, on the thread that met the fault and before the exception
   * reaches the caller. Must return soon and must not call the engine.
   */
  void onFault(EngineException fault);
}
