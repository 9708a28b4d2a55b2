package dev.flotilla.sim.cluster;

import com.google.protobuf.ByteString;
import dev.flotilla.kv.RawKv;
import dev.flotilla.kv.Reply;
import dev.flotilla.proto.kvrpcpb.Context;
import dev.flotilla.proto.kvrpcpb.RawCASRequest;
import dev.flotilla.proto.kvrpcpb.RawCASResponse;
import dev.flotilla.proto.kvrpcpb.RawDeleteRequest;
import dev.flotilla.proto.kvrpcpb.RawDeleteResponse;
import dev.flotilla.proto.kvrpcpb.RawGetRequest;
import dev.flotilla.proto.kvrpcpb.RawGetResponse;
import dev.flotilla.proto.kvrpcpb.RawPutRequest;
import dev.flotilla.proto.kvrpcpb.RawPutResponse;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.sim.history.Operation;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One client: an operation at a time, each attempt recorded by itself, none retried blindly. */
final class SimClient {
  private static final int ATTEMPTS_MAX = 12;

  private final int id;
  private final ClientModel model;
  private final Dice dice;
  private final Routes routes;
  private final Map<String, Long> lastSeen = new HashMap<>();
  private int left;
  private int done;
  private boolean busy;
  private long thinkMillis = 30;
  private @Nullable String onlyKey;

  SimClient(int id, ClientModel model, Dice dice) {
    this.id = id;
    this.model = model;
    this.dice = dice;
    this.routes = new Routes(model.world().directory(), dice);
  }

  /** Gives the client work. */
  void work(int operations, long thinkMillisMax) {
    boolean idle = left == 0;
    thinkMillis = thinkMillisMax;
    left += operations;
    if (idle) {
      next();
    }
  }

  /** Begins nothing more of what it was told to do. */
  void rest() {
    left = 0;
  }

  /** Operations that succeeded. */
  int done() {
    return done;
  }

  boolean isIdle() {
    return !busy && left == 0;
  }

  /** Writes {@code key} the first time, then reads it. */
  void closing(String key) {
    attempt(done == 0 ? Operation.Kind.PUT : Operation.Kind.GET, key, 1);
  }

  private void next() {
    busy = false;
    if (left == 0) {
      return;
    }
    left--;
    model.world().timeline().after(dice.between(0, thinkMillis) * Timeline.MILLI, this::begin);
  }

  /** Writes one key again and again. */
  void write(String key, int times, long thinkMillisMax) {
    onlyKey = key;
    work(times, thinkMillisMax);
  }

  private void begin() {
    if (onlyKey != null) {
      attempt(Operation.Kind.PUT, onlyKey, 1);
      return;
    }
    String key = model.pickKey(dice);
    int kind = dice.below(100);
    Operation.Kind what =
        kind < 40
            ? Operation.Kind.GET
            : kind < 75
                ? Operation.Kind.PUT
                : kind < 85 ? Operation.Kind.DELETE : Operation.Kind.SWAP;
    attempt(what, key, 1);
  }

  private void attempt(Operation.Kind kind, String key, int number) {
    busy = true;
    Directory.Route route = routes.find(ByteString.copyFromUtf8(key));
    if (route == null) {
      retryOrGiveUp(kind, key, number);
      return;
    }
    new Attempt(kind, key, number, route).start();
  }

  private void retryOrGiveUp(Operation.Kind kind, String key, int number) {
    if (number >= ATTEMPTS_MAX) {
      model.world().tally().add("operation given up");
      next();
      return;
    }
    model
        .world()
        .timeline()
        .after(
            dice.between(1, 40L * number) * Timeline.MILLI, () -> attempt(kind, key, number + 1));
  }

  /** Reads {@code key} from whatever peer {@code route} names, once; for recency. */
  void probe(String key, Directory.Route route) {
    new Attempt(Operation.Kind.GET, key, ATTEMPTS_MAX, route, true).start();
  }

  /** One request and what became of it. */
  private final class Attempt {
    private final Operation.Kind kind;
    private final String key;
    private final int number;
    private final Directory.Route route;
    private final boolean isProbe;
    private final long input;
    private final long expected;
    private long calledAt;
    private boolean over;

    Attempt(Operation.Kind kind, String key, int number, Directory.Route route) {
      this(kind, key, number, route, false);
    }

    Attempt(Operation.Kind kind, String key, int number, Directory.Route route, boolean isProbe) {
      this.kind = kind;
      this.key = key;
      this.number = number;
      this.route = route;
      this.isProbe = isProbe;
      this.input = kind == Operation.Kind.PUT || kind == Operation.Kind.SWAP ? model.newValue() : 0;
      this.expected = lastSeen.getOrDefault(key, Operation.ABSENT);
    }

    void start() {
      calledAt = model.history().next();
      model.open(this, () -> unlessOver(this::recordUnknown));
      Timeline timeline = model.world().timeline();
      int store = (int) route.leader().getStoreId();
      model.carry(
          () -> {
            SimProcess process = model.processOf(store);
            if (process != null) {
              process.later(0, () -> send(process.kv()));
            }
          });
      timeline.after(dice.between(1_000, 6_000) * Timeline.MILLI, this::onTimeout);
    }

    private void send(RawKv kv) {
      Context context = Routes.context(route);
      ByteString name = ByteString.copyFromUtf8(key);
      switch (kind) {
        case GET ->
            kv.get(
                RawGetRequest.newBuilder().setContext(context).setKey(name).build(),
                reply(this::onRead));
        case PUT ->
            kv.put(
                RawPutRequest.newBuilder()
                    .setContext(context)
                    .setKey(name)
                    .setValue(model.stored(input))
                    .build(),
                this.<RawPutResponse>reply(response -> onDone(kind, 0)));
        case DELETE ->
            kv.delete(
                RawDeleteRequest.newBuilder().setContext(context).setKey(name).build(),
                this.<RawDeleteResponse>reply(response -> onDone(kind, 0)));
        case SWAP, FAILED_SWAP -> kv.compareAndSwap(swap(context, name), reply(this::onSwapped));
      }
    }

    private RawCASRequest swap(Context context, ByteString name) {
      RawCASRequest.Builder request =
          RawCASRequest.newBuilder().setContext(context).setKey(name).setValue(model.stored(input));
      if (expected == Operation.ABSENT) {
        request.setPreviousNotExist(true);
      } else {
        request.setPreviousValue(model.stored(expected));
      }
      return request.build();
    }

    private <R> Reply<R> reply(Consumer<R> onDone) {
      return new Reply<>() {
        private boolean answered;

        @Override
        public void done(R response) {
          answerOnce();
          model.carry(() -> unlessOver(() -> onDone.accept(response)));
        }

        @Override
        public void refused(Refusal refusal) {
          answerOnce();
          model.carry(() -> unlessOver(() -> onRefused(refusal)));
        }

        private void answerOnce() {
          Violation.check(!answered, "an operation on %s was answered twice", key);
          answered = true;
        }
      };
    }

    private void unlessOver(Runnable action) {
      if (!over) {
        over = true;
        model.closed(this);
        action.run();
      }
    }

    private void onRead(RawGetResponse response) {
      long value = response.getNotFound() ? Operation.ABSENT : Values.decode(response.getValue());
      onDone(Operation.Kind.GET, value);
    }

    private void onSwapped(RawCASResponse response) {
      if (response.getSucceed()) {
        onDone(Operation.Kind.SWAP, 0);
      } else {
        long found =
            response.getPreviousNotExist()
                ? Operation.ABSENT
                : Values.decode(response.getPreviousValue());
        onDone(Operation.Kind.FAILED_SWAP, found);
      }
    }

    private void onDone(Operation.Kind outcome, long output) {
      model.onSeen(key, output);
      model.world().tally().add(isProbe ? "probe answered" : "operation done");
      record(outcome, output, model.history().next());
      done++;
      if (outcome == Operation.Kind.GET || outcome == Operation.Kind.FAILED_SWAP) {
        lastSeen.put(key, output);
      } else {
        lastSeen.put(key, outcome == Operation.Kind.DELETE ? Operation.ABSENT : input);
        model.onWritten(key, dice);
      }
      goOn();
    }

    private void onRefused(Refusal refusal) {
      model.world().tally().add(refusal.getClass().getSimpleName());
      if (refusal instanceof Refusal.Undetermined) {
        onUnknown();
        return;
      }
      if (input != 0) {
        model.onRefused(
            input,
            "%s by store %d at %d ms"
                .formatted(
                    refusal, route.leader().getStoreId(), model.world().timeline().nowMillis()));
      }
      if (!isProbe) {
        routes.onRefused(route, refusal);
        retryOrGiveUp(kind, key, number);
      }
    }

    private void onTimeout() {
      unlessOver(
          () -> {
            model.world().tally().add("timeout");
            if (!isProbe) {
              routes.onSilence(route);
            }
            onUnknown();
          });
    }

    private void onUnknown() {
      recordUnknown();
      goOn();
    }

    private void recordUnknown() {
      if (kind != Operation.Kind.GET) {
        model.world().tally().add("operation unknown");
        record(kind, 0, Operation.NEVER);
      }
    }

    private void record(Operation.Kind outcome, long output, long returnedAt) {
      model
          .history()
          .add(key, new Operation(outcome, id, expected, input, output, calledAt, returnedAt));
      model.world().trace().add(outcome.name(), id, key.hashCode(), input, output);
    }

    private void goOn() {
      if (!isProbe) {
        next();
      }
    }
  }
}
