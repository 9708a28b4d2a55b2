package dev.flotilla.coprocessor;

import dev.flotilla.coprocessor.api.AdminObserver;
import dev.flotilla.coprocessor.api.ApplySnapshotObserver;
import dev.flotilla.coprocessor.api.CmdObserver;
import dev.flotilla.coprocessor.api.Coprocessor;
import dev.flotilla.coprocessor.api.Endpoint;
import dev.flotilla.coprocessor.api.QueryObserver;
import dev.flotilla.coprocessor.api.ReadObserver;
import dev.flotilla.coprocessor.api.RegionChangeObserver;
import dev.flotilla.coprocessor.api.RoleObserver;
import dev.flotilla.coprocessor.api.SplitCheckObserver;
import java.lang.reflect.Method;
import java.util.EnumSet;
import java.util.Set;

/** Places where the host calls out, and how to tell whether a class has code for one. */
public enum Hook {
  PRE_PROPOSE_QUERY(QueryObserver.class, "preProposeQuery"),
  PRE_APPLY_QUERY(QueryObserver.class, "preApplyQuery"),
  POST_APPLY_QUERY(QueryObserver.class, "postApplyQuery"),
  PRE_PROPOSE_ADMIN(AdminObserver.class, "preProposeAdmin"),
  ON_ADMIN_REJECTED(AdminObserver.class, "onAdminRejected"),
  PRE_APPLY_ADMIN(AdminObserver.class, "preApplyAdmin"),
  POST_APPLY_ADMIN(AdminObserver.class, "postApplyAdmin"),
  PRE_READ(ReadObserver.class, "preRead"),
  POST_READ(ReadObserver.class, "postRead"),
  ON_ROLE_CHANGE(RoleObserver.class, "onRoleChange"),
  ON_APPLIED_CURRENT_TERM(RoleObserver.class, "onAppliedCurrentTerm"),
  ON_REGION_CHANGED(RegionChangeObserver.class, "onRegionChanged"),
  ON_FLUSH_APPLIED_CMD_BATCH(CmdObserver.class, "onFlushAppliedCmdBatch"),
  PRE_APPLY_SNAPSHOT(ApplySnapshotObserver.class, "preApplySnapshot"),
  POST_APPLY_SNAPSHOT(ApplySnapshotObserver.class, "postApplySnapshot"),
  CANCEL_APPLY_SNAPSHOT(ApplySnapshotObserver.class, "cancelApplySnapshot"),
  SPLIT_CHECKER(SplitCheckObserver.class, "splitChecker"),
  QUERY(Endpoint.class, "query");

  private final Class<? extends Coprocessor> type;
  private final String method;

  Hook(Class<? extends Coprocessor> type, String method) {
    this.type = type;
    this.method = method;
  }

  /** The interface that has the method. */
  Class<? extends Coprocessor> type() {
    return type;
  }

  /** The method's name. */
  public String method() {
    return method;
  }

  /**
   * The hooks that {@code observer} really overrides. The inherited methods do nothing, so they are
   * never called.
   */
  public static Set<Hook> overriddenBy(Class<?> observer) {
    EnumSet<Hook> found = EnumSet.noneOf(Hook.class);
    for (Hook hook : values()) {
      if (hook.isOverriddenBy(observer)) {
        found.add(hook);
      }
    }
    return found;
  }

  private boolean isOverriddenBy(Class<?> observer) {
    if (!type.isAssignableFrom(observer)) {
      return false;
    }
    try {
      Method called = observer.getMethod(method, declaration().getParameterTypes());
      return called.getDeclaringClass() != type;
    } catch (NoSuchMethodException e) {
      throw new AssertionError(observer + " does not inherit " + method, e);
    }
  }

  private Method declaration() {
    for (Method declared : type.getDeclaredMethods()) {
      if (declared.getName().equals(method)) {
        return declared;
      }
    }
    throw new AssertionError(type + " has no " + method);
  }
}
