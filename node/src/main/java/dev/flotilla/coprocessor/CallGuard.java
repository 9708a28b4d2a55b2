package dev.flotilla.coprocessor;

import dev.flotilla.coprocessor.api.OnError;
import dev.flotilla.coprocessor.api.RejectedException;
import dev.flotilla.raftstore.Refusal;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Calls the observers of one hook in order. Here a plugin's refusal, its failure and a fault of the
 * process part ways: a refusal is an answer, a failure is counted and follows the plugin's rule,
 * and what the process may not survive goes on up.
 */
final class CallGuard {
  private static final Logger LOG = LoggerFactory.getLogger(CallGuard.class);

  private CallGuard() {}

  /** One call of a hook. */
  interface Call<T> {
    void on(T observer) throws RejectedException;
  }

  /**
   * Calls those who may refuse.
   *
   * @throws Refusal.Rejected for the first refusal, or failure under FAIL_CLOSED
   */
  static <T> void ask(
      Hook hook, List<Link<T>> links, CallContext context, Edits edits, Call<T> call) {
    for (int i = 0; i < links.size(); i++) {
      Link<T> link = links.get(i);
      Registration owner = link.owner();
      boolean bypassed = context.isBypassed();
      if (bypassed && !owner.mandatory) {
        continue;
      }
      try {
        run(link, context, edits, call);
      } catch (RejectedException rejected) {
        owner.counters.rejections.increment();
        throw new Refusal.Rejected(
            owner.pluginId, rejected.code(), rejected.reason(), rejected.retryAfterMillis());
      } catch (Throwable failure) {
        Refusal.Rejected refusal = failed(hook, context, owner, failure);
        edits.drop();
        context.restoreBypassed(bypassed);
        if (owner.onError == OnError.FAIL_CLOSED && !edits.isUpkeep()) {
          throw refusal;
        }
      }
    }
  }

  /** Calls those who only look, or edit an answer: none of them can stop anything. */
  static <T> void tell(
      Hook hook, List<Link<T>> links, CallContext context, Edits edits, Call<T> call) {
    for (int i = 0; i < links.size(); i++) {
      Link<T> link = links.get(i);
      boolean bypassed = context.isBypassed();
      if (bypassed && !link.owner().mandatory) {
        continue;
      }
      try {
        run(link, context, edits, call);
      } catch (Throwable failure) {
        failed(hook, context, link.owner(), failure);
        edits.drop();
        context.restoreBypassed(bypassed);
      }
    }
  }

  private static <T> void run(Link<T> link, CallContext context, Edits edits, Call<T> call)
      throws RejectedException {
    CallCounters counters = link.owner().counters;
    counters.calls.increment();
    context.begin();
    try {
      call.on(link.observer());
    } finally {
      context.end();
    }
    edits.check();
    if (edits.keep()) {
      counters.alterations.increment();
    }
  }

  /** Counts and logs a failure; returns what a client is told who waits for it. */
  static Refusal.Rejected failed(
      Hook hook, CallContext context, Registration owner, Throwable failure) {
    Thrown.rethrowFatal(failure);
    long count = owner.counters.failures.incrementAndGet();
    owner.counters.lastFailure = hook.method() + ": " + Thrown.words(failure);
    // A plugin that always fails would fill the disk: the 1st, 2nd, 4th, 8th ... are enough.
    if (Long.bitCount(count) == 1) {
      Thrown.log(
          LOG,
          Level.WARN,
          failure,
          "coprocessor {} failed in {}, region {}, {} failures so far",
          owner.pluginId,
          hook.method(),
          context.regionId(),
          count);
    }
    return new Refusal.Rejected(
        owner.pluginId, RejectedException.Code.UNAVAILABLE, reasonOf(hook, failure), 0);
  }

  /** What the client is told; the plugin's own words may not be for clients and are logged. */
  private static String reasonOf(Hook hook, Throwable failure) {
    String detail =
        failure instanceof InvalidEdit
            ? String.valueOf(failure.getMessage())
            : failure.getClass().getSimpleName();
    return "failed in " + hook.method() + ": " + detail;
  }
}
