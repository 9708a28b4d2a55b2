package dev.flotilla.coprocessor.api;

/** Hooks around writes. */
public interface QueryObserver extends Coprocessor {

  /**
   * Called on the leader, on the store's thread, once for each attempt to propose. May edit: the
   * log carries the outcome, so this hook may use clocks, chance and caches. Not called for the
   * deletes by which the node removes values whose time to live is over.
   *
   * @throws RejectedException to refuse the write; nothing is proposed
   */
  default void preProposeQuery(ProposeContext context, QueryBatch batch) throws RejectedException {}

  /**
   * Called on every replica, on an apply worker, before the write is applied; again after a
   * restart. A write that is refused at apply (its region changed) is seen here, too, and so are
   * the deletes by which the node removes values whose time to live is over. A replica that gets a
   * snapshot is not shown the writes that the snapshot stands for: see {@link
   * ApplySnapshotObserver}.
   */
  default void preApplyQuery(ApplyContext context, AppliedQuery query) {}

  /**
   * Called on every replica, on an apply worker, once the write is applied and before the client is
   * answered; again after a restart. After a crash the last writes before it may not come at all:
   * they were applied, and the process ended before it could say so. Whoever must not miss one
   * looks at {@link #preApplyQuery}. May edit the answer.
   */
  default void postApplyQuery(
      ObserverContext context, AppliedQuery query, ResponseEditor response) {}
}
