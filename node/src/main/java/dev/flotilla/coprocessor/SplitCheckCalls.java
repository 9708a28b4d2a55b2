package dev.flotilla.coprocessor;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.SplitCheckObserver;
import dev.flotilla.coprocessor.api.SplitChecker;
import dev.flotilla.proto.metapb.Region;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One look at the keys of a region by all who choose where it is cut. A call of the chain that it
 * began with, until it is closed. One thread.
 */
public final class SplitCheckCalls implements AutoCloseable {
  private final Chain chain;
  private final Region region;
  private final CallContext context;

  /** In order. */
  private final List<Look> looks = new ArrayList<>();

  /** What one checker takes part in. */
  private static final class Look {
    final Registration owner;
    final SplitChecker checker;
    boolean goesOn = true;
    boolean failed;

    Look(Registration owner, SplitChecker checker) {
      this.owner = owner;
      this.checker = checker;
    }
  }

  private SplitCheckCalls(Chain chain, Region region, long term) {
    this.chain = chain;
    this.region = region;
    this.context = new CallContext(region, term);
  }

  /**
   * Asks who wants to see the region's keys.
   *
   * @param chain entered for this, and left at the end
   * @return null when nobody wants to; the chain has been left then
   */
  static @Nullable SplitCheckCalls begin(Chain chain, Region region, long term) {
    SplitCheckCalls calls = new SplitCheckCalls(chain, region, term);
    boolean wanted = false;
    try {
      calls.ask();
      wanted = !calls.looks.isEmpty();
    } finally {
      if (!wanted) {
        calls.close();
      }
    }
    return wanted ? calls : null;
  }

  private void ask() {
    for (Link<SplitCheckObserver> link :
        chain.links(Hook.SPLIT_CHECKER, SplitCheckObserver.class)) {
      CallGuard.tell(
          Hook.SPLIT_CHECKER,
          List.of(link),
          context,
          Edits.NONE,
          observer -> {
            SplitChecker checker = observer.splitChecker(context);
            if (checker != null) {
              looks.add(new Look(link.owner(), checker));
            }
          });
    }
  }

  /**
   * Shows the next key to those who still want to see any.
   *
   * @return whether anybody wants to see another
   */
  public boolean onKey(Bytes key, long bytes) {
    boolean goesOn = false;
    for (int i = 0; i < looks.size(); i++) {
      Look look = looks.get(i);
      if (look.goesOn) {
        show(look, key, bytes);
        goesOn |= look.goesOn;
      }
    }
    return goesOn;
  }

  private void show(Look look, Bytes key, long bytes) {
    try {
      look.goesOn = look.checker.onKey(key, bytes);
    } catch (Throwable failure) {
      fail(look, failure);
    }
  }

  /** Where the first one wants the region cut that does; empty when nobody does. Once. */
  public List<ByteString> splitKeys() {
    for (Look look : looks) {
      if (look.failed) {
        continue;
      }
      try {
        List<ByteString> keys = checked(look.checker.splitKeys());
        if (!keys.isEmpty()) {
          return keys;
        }
      } catch (Throwable failure) {
        fail(look, failure);
      }
    }
    return List.of();
  }

  /** A copy, as the plugin may change what it gave. */
  private List<ByteString> checked(List<Bytes> named) {
    List<ByteString> keys = new ArrayList<>();
    for (Bytes key : named) {
      if (keys.size() == SplitChecker.SPLIT_KEYS_MAX) {
        throw new InvalidEdit("more than " + SplitChecker.SPLIT_KEYS_MAX + " split keys");
      }
      keys.add(ProtoBytes.toProto(key));
    }
    if (!keys.isEmpty()) {
      String problem =
          SplitObserver.problem(
              new ProtoRegion(region), keys.stream().map(ProtoBytes::of).toList());
      if (problem != null) {
        throw new InvalidEdit(problem);
      }
    }
    return keys;
  }

  private void fail(Look look, Throwable failure) {
    look.goesOn = false;
    look.failed = true;
    CallGuard.failed(Hook.SPLIT_CHECKER, context, look.owner, failure);
  }

  /** Ends the call, after which the plugins may be stopped. */
  @Override
  public void close() {
    chain.leave();
  }
}
