package dev.flotilla.coprocessor.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Where a coprocessor stands among others and what its failures mean.
 *
 * <p>Observers run in the order of (priority, plugin id, class name), so every store with the same
 * plugins runs them alike. By custom 0 to 99 is for mandatory security, 100 to 199 for rewriting,
 * 200 to 399 for checking, 400 to 799 for users, 800 and more for those who only look.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Observes {
  /** Lower runs earlier. */
  int priority() default 500;

  /** Whether observers before this one cannot bypass it. */
  boolean mandatory() default false;

  /**
   * What a failure before the proposal or in a read does to the command. A failure at or after
   * apply only drops the call's edits: what is in the log can no longer be refused.
   */
  OnError onError() default OnError.FAIL_CLOSED;
}
