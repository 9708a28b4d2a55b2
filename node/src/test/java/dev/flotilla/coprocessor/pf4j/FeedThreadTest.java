package dev.flotilla.coprocessor.pf4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.AppliedCommands;
import dev.flotilla.coprocessor.Chain;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.CoprocessorStatus;
import dev.flotilla.coprocessor.RegionSource;
import dev.flotilla.coprocessor.Registration;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.CmdBatch;
import dev.flotilla.coprocessor.api.CmdObserver;
import dev.flotilla.coprocessor.api.KeyRange;
import dev.flotilla.coprocessor.api.RegionData;
import dev.flotilla.engine.EngineException;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.PutRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.Request;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FeedThreadTest {
  private static final Region REGION = Region.newBuilder().setId(2).build();
  private static final ByteString VALUE = ByteString.copyFrom(new byte[20 << 20]);

  /** What a call does with a batch. */
  private interface Look {
    void at(CmdBatch batch) throws Exception;
  }

  private static final class Sees implements CmdObserver {
    private final Look look;

    Sees(Look look) {
      this.look = look;
    }

    @Override
    public void onFlushAppliedCmdBatch(CmdBatch batch) throws Exception {
      look.at(batch);
    }
  }

  /** Data of two pairs that cannot be read any more once closed. */
  private static final class Data implements RegionSource.Opened {
    private final AtomicInteger closed;

    Data(AtomicInteger closed) {
      this.closed = closed;
    }

    @Override
    public long index() {
      return 9;
    }

    @Override
    public @Nullable ByteString get(ByteString key) {
      if (key.isEmpty()) {
        throw new EngineException("told to fail");
      }
      assertThat(closed).hasValue(0);
      return key;
    }

    @Override
    public void scan(ByteString start, ByteString end, Visitor visitor) {
      assertThat(closed).hasValue(0);
      visitor.visit(ByteString.copyFromUtf8("a"), ByteString.copyFromUtf8("1"));
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
  private final BlockingQueue<Throwable> faults = new LinkedBlockingQueue<>();
  private final AtomicInteger closed = new AtomicInteger();
  private final CoprocessorHost host = CoprocessorHost.withBuiltIns();
  private final CountDownLatch go = new CountDownLatch(1);
  private @Nullable FeedThread feed;

  private Registration registration(Look look) {
    Registration registration = Registration.of("sees", "1", new Sees(look));
    host.publish(Chain.of(List.of(registration)));
    return registration;
  }

  private long failures() {
    return host.status().stream()
        .filter(status -> status.pluginId().equals("sees"))
        .mapToLong(CoprocessorStatus::failures)
        .sum();
  }

  private FeedThread start(Registration shownTo) {
    feed =
        FeedThread.start(
            "sees",
            shownTo,
            new PluginHost(host, region -> new Data(closed), faults::add),
            Thread::new);
    return feed;
  }

  @AfterEach
  void end() throws Exception {
    go.countDown();
    FeedThread started = Objects.requireNonNull(feed);
    started.close();
    assertThat(started.join()).isTrue();
  }

  private static AppliedCommands batch(long index, ByteString value) {
    RaftCmdRequest put =
        RaftCmdRequest.newBuilder()
            .addRequests(Request.newBuilder().setPut(PutRequest.newBuilder().setValue(value)))
            .build();
    return new AppliedCommands(
        REGION, index - 1, index, List.of(new AppliedCommands.Command(index, 6, put)));
  }

  private String next() throws InterruptedException {
    return Objects.requireNonNull(seen.poll(1, TimeUnit.MINUTES), "nothing was shown");
  }

  @Test
  void batchesAreShownInOrderAndFailuresCounted() throws Exception {
    Registration shownTo =
        registration(
            batch -> {
              seen.add(batch.after() + ".." + batch.last());
              if (batch.last() == 2) {
                throw new IllegalStateException("told to fail");
              }
              if (batch.last() == 3) {
                throw new InterruptedException("its own");
              }
            });
    FeedThread started = start(shownTo);
    for (int index = 1; index <= 4; index++) {
      started.offer(batch(index, ByteString.EMPTY));
    }
    assertThat(List.of(next(), next(), next(), next()))
        .containsExactly("0..1", "1..2", "2..3", "3..4");
    assertThat(failures()).isEqualTo(1);
    assertThat(faults).isEmpty();
  }

  /**
   * Of 20 MiB each three may wait; the one that is looked at waits no more. If nothing follows what
   * was left out, its position is all that tells of it.
   */
  @Test
  void whatDoesNotFitIsLeftOut() throws Exception {
    FeedThread started =
        start(
            registration(
                batch -> {
                  seen.add("" + batch.last());
                  go.await();
                }));
    started.offer(batch(1, VALUE));
    assertThat(next()).isEqualTo("1");
    for (int index = 2; index <= 6; index++) {
      started.offer(batch(index, VALUE));
    }
    go.countDown();
    assertThat(List.of(next(), next(), next())).containsExactly("2", "3", "4");
    assertThat(next()).isEqualTo("6");
    started.offer(batch(7, VALUE));
    assertThat(next()).isEqualTo("7");
  }

  @Test
  void oneThatIsLargerThanAllThatMayWaitIsShown() throws Exception {
    FeedThread started = start(registration(batch -> seen.add("" + batch.last())));
    started.offer(batch(1, VALUE.concat(VALUE).concat(VALUE).concat(VALUE)));
    assertThat(next()).isEqualTo("1");
  }

  /** The engine is closed soon after, and a read of what is closed would end the process. */
  @Test
  void nothingIsReadAnyMoreOnceItIsClosedUnderACallThatHangs() throws Exception {
    FeedThread started =
        start(
            registration(
                batch -> {
                  RegionData data = Objects.requireNonNull(batch.data());
                  data.scan(
                      new KeyRange(Bytes.empty(), Bytes.empty()),
                      (key, value) -> {
                        seen.add(key.toUtf8() + " at " + data.index());
                        awaitUninterruptibly();
                        return true;
                      });
                  assertThatThrownBy(() -> data.get(Bytes.utf8("a")))
                      .isInstanceOf(IllegalStateException.class);
                  assertThatThrownBy(batch::data).isInstanceOf(IllegalStateException.class);
                  seen.add("refused");
                }));
    started.offer(batch(1, ByteString.EMPTY));
    assertThat(next()).isEqualTo("a at 9");
    started.close();
    assertThat(closed).hasValue(1);
    assertThat(started.join()).as("its stop may be what ends it").isFalse();
    go.countDown();
    assertThat(next()).isEqualTo("refused");
    assertThat(started.join()).isTrue();
    assertThat(closed).hasValue(1);
  }

  private void awaitUninterruptibly() {
    boolean done = false;
    while (!done) {
      try {
        go.await();
        done = true;
      } catch (InterruptedException closing) {
        // As a plugin does that will not be stopped.
        done = false;
      }
    }
  }

  @Test
  void aFaultOfTheEngineIsNoFailureOfThePlugin() throws Exception {
    Registration shownTo =
        registration(batch -> Objects.requireNonNull(batch.data()).get(Bytes.empty()));
    start(shownTo).offer(batch(1, ByteString.EMPTY));
    assertThat(faults.poll(1, TimeUnit.MINUTES)).isInstanceOf(EngineException.class);
    assertThat(failures()).isZero();
  }
}
