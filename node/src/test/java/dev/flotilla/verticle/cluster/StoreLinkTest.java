package dev.flotilla.verticle.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.eraftpb.Entry;
import dev.flotilla.proto.eraftpb.Message;
import dev.flotilla.proto.eraftpb.MessageType;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.verticle.cluster.StoreLink.Target;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StoreLinkTest {
  private static final long SESSION = 70;
  private static final int WINDOW = 64 * 1024;
  private static final int FRAME = 4 * 1024;

  private final List<Frame> frames = new ArrayList<>();
  private final List<Promise<Void>> writes = new ArrayList<>();
  private final List<Target> unreachable = new ArrayList<>();
  private final List<Runnable> later = new ArrayList<>();
  private long nowNanos = 1;

  private final StoreLink link =
      new StoreLink(
          1,
          2,
          3,
          SESSION,
          WINDOW,
          FRAME,
          new Clock() {
            @Override
            public long nanos() {
              return nowNanos;
            }

            @Override
            public long unixMillis() {
              return 0;
            }
          },
          new StoreLink.Wire() {
            @Override
            public Future<Void> write(long storeId, Buffer frame) {
              try {
                frames.add(Frame.parse(frame));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
              Promise<Void> written = Promise.promise();
              writes.add(written);
              return written.future();
            }

            @Override
            public void unreachable(Target target) {
              unreachable.add(target);
            }

            @Override
            public void later(Runnable task) {
              later.add(task);
            }
          });

  private static RaftMessage append(long region, int bytes) {
    return message(
        region,
        Message.newBuilder()
            .setMsgType(MessageType.MsgAppend)
            .addEntries(Entry.newBuilder().setData(ByteString.copyFrom(new byte[bytes])))
            .build());
  }

  private static RaftMessage heartbeat(long region) {
    return message(region, Message.newBuilder().setMsgType(MessageType.MsgHeartbeat).build());
  }

  private static RaftMessage message(long region, Message message) {
    return RaftMessage.newBuilder()
        .setRegionId(region)
        .setToPeer(Peer.newBuilder().setId(region * 10).setStoreId(3))
        .setMessage(message)
        .build();
  }

  private void send(RaftMessage... messages) {
    for (RaftMessage message : messages) {
      link.add(message);
    }
    link.flush();
  }

  private void credit(long sequence) {
    link.onCredit(new Frame.Credit(SESSION, sequence));
  }

  private void pass(long millis) {
    nowNanos += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  @Test
  void messagesOfOneTurnShareFramesOfLimitedSize() {
    send(append(5, 1500), append(6, 1500), append(7, 1500), append(8, 9000));
    assertThat(frames).extracting(frame -> frame.messages().size()).containsExactly(2, 1, 1);
    assertThat(frames).extracting(Frame::sequence).containsExactly(1L, 2L, 3L);
  }

  @Test
  void whatKeepsLeadersAliveGoesFirst() {
    send(append(5, 10), heartbeat(6));
    assertThat(frames.get(0).messages()).containsExactly(heartbeat(6));
  }

  @Test
  void dropsPastTheWindowAndSaysSoOnce() {
    send(append(5, WINDOW - 100));
    send(append(6, 200), append(6, 200));
    assertThat(frames).hasSize(1);
    assertThat(unreachable).containsExactly(new Target(6, 60));
  }

  @Test
  void heartbeatsHaveRoomOfTheirOwn() {
    send(append(5, WINDOW - 100));
    send(append(6, 200), heartbeat(7));
    assertThat(frames).last().extracting(Frame::messages).isEqualTo(List.of(heartbeat(7)));
  }

  @Test
  void aFrameLargerThanTheWindowGoesAlone() {
    send(append(5, 2 * WINDOW));
    assertThat(frames).hasSize(1);
    send(append(6, 10));
    assertThat(frames).hasSize(1);
  }

  @Test
  void creditMakesRoom() {
    send(append(5, WINDOW - 100));
    credit(1);
    send(append(6, 200));
    assertThat(frames).hasSize(2);
    assertThat(unreachable).isEmpty();
  }

  @Test
  void creditOfAnotherLifeMakesNone() {
    send(append(5, WINDOW - 100));
    link.onCredit(new Frame.Credit(SESSION + 1, 1));
    send(append(6, 200));
    assertThat(frames).hasSize(1);
  }

  @Test
  void aWriteThatFailedMakesRoomAndIsReported() {
    send(append(5, WINDOW - 100));
    writes.get(0).fail("connection refused");
    later.forEach(Runnable::run);
    assertThat(unreachable).containsExactly(new Target(5, 50));
    send(append(6, 200));
    assertThat(frames).hasSize(2);
  }

  @Test
  void longSilenceCountsAsLossAndBeginsASession() {
    send(append(5, WINDOW - 100));
    pass(2_900);
    send(append(6, 200));
    assertThat(unreachable).containsExactly(new Target(6, 60));
    pass(200);
    send(append(7, 200));
    assertThat(unreachable).containsExactly(new Target(6, 60), new Target(5, 50));
    assertThat(frames).last().extracting(Frame::session).isEqualTo(SESSION + 1);
  }

  @Test
  void wordOfWhatWasTakenTravelsWithWhatIsSentAnyway() {
    link.onTaken(new Frame.Credit(5, 12), 300);
    link.flush();
    assertThat(frames).isEmpty();
    send(heartbeat(6));
    assertThat(frames).singleElement().extracting(Frame::credit).isEqualTo(new Frame.Credit(5, 12));
    pass(1_000);
    link.flush();
    assertThat(frames).as("it is owed no longer").hasSize(1);
  }

  @Test
  void wordThatWaitedLongTravelsAlone() {
    link.onTaken(new Frame.Credit(5, 12), 300);
    pass(99);
    link.flush();
    assertThat(frames).isEmpty();
    pass(1);
    link.flush();
    assertThat(frames)
        .containsExactly(new Frame(1, 2, SESSION, 0, new Frame.Credit(5, 12), List.of()));
  }

  @Test
  void wordOfMuchTravelsAtOnce() {
    link.onTaken(new Frame.Credit(5, 12), WINDOW / 4);
    link.flush();
    assertThat(frames).hasSize(1);
  }
}
