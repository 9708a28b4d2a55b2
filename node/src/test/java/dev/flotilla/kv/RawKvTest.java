package dev.flotilla.kv;

import static dev.flotilla.raftstore.RaftCommands.REGION;
import static dev.flotilla.raftstore.RaftCommands.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineSnapshot;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.kvrpcpb.RawGetRequest;
import dev.flotilla.proto.kvrpcpb.RawGetResponse;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.SharedSnapshot;
import dev.flotilla.raftstore.StoppedClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RawKvTest {
  private final SimEngine engine = SimEngine.kv();
  private final List<EngineSnapshot> taken = new ArrayList<>();
  private final List<Object> told = new ArrayList<>();

  /** Grants all reads, and serves them at once. */
  private final RawKv kv =
      new RawKv(
          msg -> {
            EngineSnapshot snapshot = engine.snapshot();
            taken.add(snapshot);
            ((Msg.Command) msg)
                .callback()
                .readable(new ReadGrant(new SharedSnapshot(snapshot), REGION, 6, 0));
            return true;
          },
          read -> {
            read.run();
            return true;
          },
          CoprocessorHost.withBuiltIns(),
          new StoppedClock(0, 0),
          1 << 20);

  private void get(boolean room) {
    kv.get(
        RawGetRequest.newBuilder().setKey(text("c")).build(),
        new Reply<RawGetResponse>() {
          @Override
          public void done(RawGetResponse response) {
            told.add(response);
          }

          @Override
          public void refused(Refusal refusal) {
            told.add(refusal);
          }

          @Override
          public boolean hasRoom() {
            return room;
          }
        });
  }

  @Test
  void readsNothingWhileTooManyAnswersWaitToLeave() {
    get(false);
    assertThat(told).singleElement().isInstanceOf(Refusal.ServerIsBusy.class);
    get(true);
    assertThat(told).hasSize(2).last().isInstanceOf(RawGetResponse.class);
    assertThat(taken)
        .hasSize(2)
        .allSatisfy(
            snapshot ->
                assertThatThrownBy(() -> snapshot.get(Cf.DEFAULT, new byte[1]))
                    .as("it is closed")
                    .isInstanceOf(IllegalStateException.class));
  }
}
