package dev.flotilla.plugins.template;

import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.CoprocessorEnvironment;
import dev.flotilla.coprocessor.api.Observes;
import dev.flotilla.coprocessor.api.ProposeContext;
import dev.flotilla.coprocessor.api.QueryBatch;
import dev.flotilla.coprocessor.api.QueryKind;
import dev.flotilla.coprocessor.api.QueryObserver;
import dev.flotilla.coprocessor.api.RejectedException;
import org.pf4j.Extension;

/**
 * Keeps values small and without a newline at their end.
 *
 * <p>Settings: {@code max-value-bytes} (default 65536), {@code strip-newline} (default true).
 */
// @Extension lets the node find the class; without @Observes it would stand at 500.
@Extension
@Observes(priority = 300)
public final class ValueRules implements QueryObserver {
  // Hooks run on several threads at once: what they read is set in start and never again.
  private long valueBytesMax;
  private boolean stripNewline;

  /** A setting that makes no sense throws here, and the node says why the plugin is not used. */
  @Override
  public void start(CoprocessorEnvironment environment) {
    valueBytesMax = environment.config().number("max-value-bytes", 64 * 1024, 0);
    stripNewline = environment.config().flag("strip-newline", true);
    environment.logger().info("values of at most {} bytes", valueBytesMax);
  }

  /** Runs on the leader before the write is logged; what it decides, every replica writes. */
  @Override
  public void preProposeQuery(ProposeContext context, QueryBatch batch) throws RejectedException {
    for (int i = 0; i < batch.size(); i++) {
      if (batch.kind(i) != QueryKind.PUT && batch.kind(i) != QueryKind.COMPARE_AND_SWAP) {
        continue;
      }
      Bytes value = batch.value(i);
      if (value.length() > valueBytesMax) {
        // A refusal is an answer that the client sees. Any other exception is a failure.
        throw new RejectedException(
            RejectedException.Code.INVALID,
            "value of " + value.length() + " bytes, at most " + valueBytesMax);
      }
      if (stripNewline && endsWithNewline(value)) {
        // The first edit copies the list of requests; without one, nothing is copied.
        batch.setValue(i, value.slice(0, value.length() - 1));
      }
    }
  }

  private static boolean endsWithNewline(Bytes value) {
    return !value.isEmpty() && value.byteAt(value.length() - 1) == '\n';
  }
}
