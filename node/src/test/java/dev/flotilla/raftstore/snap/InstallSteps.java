package dev.flotilla.raftstore.snap;

/** What the worker does with an installation, step by step. */
public final class InstallSteps {
  private InstallSteps() {}

  /** The worker begins. */
  public static boolean begin(InstallJob job) {
    return job.begin();
  }

  /** The worker ends, as it has found the snapshot damaged. */
  public static void endDamaged(InstallJob job) {
    job.finishDamaged();
  }

  /** The worker ends, before its work is done if it was told to stop. */
  public static void end(InstallJob job) {
    job.finish(!job.isCancelling());
  }
}
