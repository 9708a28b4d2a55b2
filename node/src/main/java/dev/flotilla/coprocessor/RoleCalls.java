package dev.flotilla.coprocessor;

import dev.flotilla.coprocessor.api.Role;
import dev.flotilla.coprocessor.api.RoleChange;
import dev.flotilla.proto.metapb.Region;

/** The calls about leadership. */
final class RoleCalls {
  private static final RoleChange TO_LEADER = new RoleChange(Role.LEADER);
  private static final RoleChange TO_FOLLOWER = new RoleChange(Role.FOLLOWER);

  private RoleCalls() {}

  static void changed(Chain chain, Region region, long term, boolean leader) {
    CallContext context = new CallContext(region, term);
    RoleChange change = leader ? TO_LEADER : TO_FOLLOWER;
    CallGuard.tell(
        Hook.ON_ROLE_CHANGE,
        chain.onRoleChange,
        context,
        Edits.NONE,
        observer -> observer.onRoleChange(context, change));
  }

  static void caughtUp(Chain chain, Region region, long term) {
    CallContext context = new CallContext(region, term);
    CallGuard.tell(
        Hook.ON_APPLIED_CURRENT_TERM,
        chain.onAppliedCurrentTerm,
        context,
        Edits.NONE,
        observer -> observer.onAppliedCurrentTerm(context));
  }
}
