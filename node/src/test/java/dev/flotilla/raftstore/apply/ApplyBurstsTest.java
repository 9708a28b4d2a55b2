package dev.flotilla.raftstore.apply;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.PutRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftRequestHeader;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.raft.Entry;
import dev.flotilla.raft.EntryList;
import dev.flotilla.raft.EntryType;
import dev.flotilla.raft.Payload;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApplyBurstsTest {
  private static final int REGIONS = 1000;
  private static final long REGION = 2;

  /** What a worker has in its queue, and how often it was called. */
  private static final class Queue implements ApplyBursts.Worker {
    final List<ApplyTask> tasks = new ArrayList<>();
    int calls;

    @Override
    public boolean leave(ApplyTask task) {
      return tasks.add(task);
    }

    @Override
    public void call() {
      calls++;
    }
  }

  private final Queue queue = new Queue();
  private final ApplyBursts bursts = new ApplyBursts(List.of(queue));

  @Test
  void aWorkerIsCalledOnceForATurn() {
    bursts.schedule(entries(true, put(10)));
    bursts.schedule(entries(true, put(10)));
    assertThat(queue.calls).as("before the end of the turn").isZero();
    bursts.flush();
    bursts.flush();
    assertThat(queue.calls).isEqualTo(1);
    assertThat(queue.tasks).hasSize(2);
  }

  @Test
  void whoWaitsForEntriesIsHandedOnWithThem() {
    bursts.schedule(new ApplyTask.Proposals(REGION, 3, List.of()));
    bursts.flush();
    assertThat(queue.calls).as("there is nothing to apply yet").isZero();
    bursts.schedule(entries(true, put(10)));
    bursts.flush();
    assertThat(queue.calls).isEqualTo(1);
    assertThat(queue.tasks.get(0)).isInstanceOf(ApplyTask.Proposals.class);
  }

  @Test
  void whatMayWaitIsRunWithTheNextTick() {
    bursts.schedule(entries(false, put(10)));
    bursts.flush();
    assertThat(queue.calls).isZero();
    bursts.flushAll();
    assertThat(queue.calls).isEqualTo(1);
    bursts.flushAll();
    assertThat(queue.calls).as("of ticks with nothing to run").isEqualTo(1);
  }

  @Test
  void onlySoManyTasksWait() {
    for (int i = 1; i < ApplyBursts.LEFT_MAX; i++) {
      bursts.schedule(entries(false, put(10)));
      bursts.flush();
    }
    assertThat(queue.calls).isZero();
    bursts.schedule(entries(false, put(10)));
    bursts.flush();
    assertThat(queue.calls).isEqualTo(1);
    bursts.schedule(entries(false, put(10)));
    bursts.flush();
    assertThat(queue.calls).as("counted anew").isEqualTo(1);
  }

  @Test
  void onlyFewPlainEntriesOfAFollowerMayWait() {
    assertThat(entries(false, put(10)).mayWait()).isTrue();
    assertThat(entries(false, put(10), put(10)).mayWait()).isTrue();
    assertThat(entries(false, Entry.normal(6, 7, Payload.EMPTY)).mayWait()).isTrue();
    assertThat(entries(true, put(10)).mayWait()).as("of a leader, for its clients").isFalse();
    assertThat(entries(false, put(5000)).mayWait()).as("much data").isFalse();
    assertThat(entries(false, put(10), admin()).mayWait()).as("a split, say").isFalse();
    assertThat(
            entries(false, new Entry(6, 7, EntryType.CONF_CHANGE, Payload.EMPTY, Payload.EMPTY))
                .mayWait())
        .as("a change of members")
        .isFalse();
    assertThat(ApplyTask.Entries.of(REGION, 6, EntryList.of(put(10)), true, false).mayWait())
        .as("what reads wait for")
        .isFalse();
    assertThat(new ApplyTask.Destroy(REGION).mayWait()).isFalse();
    assertThat(new ApplyTask.Report(REGION).mayWait()).isFalse();
  }

  private static ApplyTask.Entries entries(boolean leads, Entry... entries) {
    return ApplyTask.Entries.of(REGION, 6, EntryList.of(entries), false, leads);
  }

  private static Entry put(int valueBytes) {
    PutRequest put =
        PutRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8("key"))
            .setValue(ByteString.copyFrom(new byte[valueBytes]))
            .build();
    return entry(
        command().addRequests(Request.newBuilder().setCmdType(CmdType.Put).setPut(put)).build());
  }

  private static Entry admin() {
    return entry(
        command()
            .setAdminRequest(AdminRequest.newBuilder().setCmdType(AdminCmdType.BatchSplit))
            .build());
  }

  private static RaftCmdRequest.Builder command() {
    return RaftCmdRequest.newBuilder()
        .setHeader(RaftRequestHeader.newBuilder().setRegionId(REGION));
  }

  private static Entry entry(RaftCmdRequest command) {
    return Entry.normal(6, 7, Payload.of(command.toByteArray()));
  }

  /** A split takes an id for the region and one for each of its peers. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 6})
  void everyWorkerHasItsShareOfRegionsWhateverTheStepOfTheirIds(int step) {
    for (int workers = 1; workers <= 8; workers++) {
      int[] regions = new int[workers];
      for (int i = 0; i < REGIONS; i++) {
        regions[ApplyBursts.workerOf(1002 + (long) step * i, workers)]++;
      }
      for (int share : regions) {
        assertThat(share).isBetween(REGIONS / workers * 8 / 10, REGIONS / workers * 12 / 10 + 1);
      }
    }
  }
}
