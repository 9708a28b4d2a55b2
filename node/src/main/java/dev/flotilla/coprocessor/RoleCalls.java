package dev.flotilla.coprocessor;

import dev.flotilla.coprocessor.api.Role;
import dev.flotilla.coprocessor.api.RoleChange;
import dev.flotilla.coprocessor.api.RoleObserver;
import dev.flotilla.proto.metapb.Region;
import java.util.List;

/** The calls about leadership. */
final class RoleCalls {
  private static final RoleChange TO_LEADER = new RoleChange(Role.LEADER);
  private static final RoleChange TO_FOLLOWER = new RoleChange(Role.FOLLOWER);

  private RoleCalls() {}

  static void changed(List<Link<RoleObserver>> told, Region region, long term, boolean leader) {
    CallContext context = new CallContext(region, term);
    RoleChange change = leader ? TO_LEADER : TO_FOLLOWER;
    CallGuard.tell(
        Hook.ON_ROLE_CHANGE,
        told,
        context,
        Edits.NONE,
        observer -> observer.onRoleChange(context, change));
  }

  static void caughtUp(List<Link<RoleObserver>> told, Region region, long term) {
    CallContext context = new CallContext(region, term);
    CallGuard.tell(
        Hook.ON_APPLIED_CURRENT_TERM,
        told,
        context,
        Edits.NONE,
        observer -> observer.onAppliedCurrentTerm(context));
  }
}
