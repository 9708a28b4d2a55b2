package dev.flotilla.coprocessor.api;

/** Hooks around admin commands: splits, membership, leadership, housekeeping. */
public interface AdminObserver extends Coprocessor {

  /**
   * Called on the leader, on the store's thread, once for each attempt to propose. May edit.
   *
   * <p>A leader that must not lead on, as its node stops or its data is wrong, hands over without
   * asking.
   *
   * <p>Whoever fails, by whatever else is thrown, holds up no housekeeping: {@link
   * AdminKind#COMPACT_LOG}, {@link AdminKind#COMPUTE_HASH} and {@link AdminKind#VERIFY_HASH} go on
   * even where failures refuse.
   *
   * @throws RejectedException to refuse the command; nothing is proposed
   */
  default void preProposeAdmin(ProposeContext context, AdminCommand command)
      throws RejectedException {}

  /**
   * Called on the leader, on the store's thread, when an observer refused the command, or failed.
   */
  default void onAdminRejected(ObserverContext context, AdminView command, Rejection rejection) {}

  /**
   * Called on every replica, on an apply worker, before the command is applied; again after a
   * restart. A replica that gets a snapshot is not shown the commands that the snapshot stands for.
   */
  default void preApplyAdmin(ApplyContext context, AppliedAdmin command) {}

  /**
   * Called on every replica, on an apply worker, once the command is applied; again after a
   * restart, so tell entries apart by (region, index), or not at all after a crash that came just
   * then. The context has the region from before.
   */
  default void postApplyAdmin(ObserverContext context, AppliedAdmin command) {}
}
