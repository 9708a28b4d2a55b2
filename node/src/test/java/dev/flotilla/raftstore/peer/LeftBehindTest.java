package dev.flotilla.raftstore.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.disk_usage.DiskUsage;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.raft.ConfState;
import dev.flotilla.raft.Entry;
import dev.flotilla.raft.EntryBuffer;
import dev.flotilla.raft.EntryList;
import dev.flotilla.raft.HardState;
import dev.flotilla.raft.InitialState;
import dev.flotilla.raft.Message;
import dev.flotilla.raft.MsgType;
import dev.flotilla.raft.Payload;
import dev.flotilla.raft.RaftConfig;
import dev.flotilla.raft.RaftStorage;
import dev.flotilla.raft.RawNode;
import dev.flotilla.raft.Ready;
import dev.flotilla.raft.Snapshot;
import dev.flotilla.raftstore.wire.EraftConfChangeCodec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What raft sends from store 1 to a follower on store 2 while its disk is full, and after. */
class LeftBehindTest {
  private static final Region REGION =
      Region.newBuilder()
          .setId(2)
          .addPeers(Peer.newBuilder().setId(1).setStoreId(1))
          .addPeers(Peer.newBuilder().setId(2).setStoreId(2))
          .addPeers(Peer.newBuilder().setId(3).setStoreId(3))
          .build();

  private final StoreDisks disks = new StoreDisks(1);
  private final Log log = new Log();
  private final RawNode raft =
      new RawNode(
          RaftConfig.builder(1, new EraftConfChangeCodec(), (term, min, max) -> min).build(), log);
  private final LeftBehind leftBehind = new LeftBehind(raft, new DiskGuard(disks, 1, id -> true));

  @BeforeEach
  void lead() {
    raft.campaign();
    takeAppends();
    raft.step(answer(MsgType.VOTE_RESPONSE, 0));
    takeAppends();
    raft.step(answer(MsgType.APPEND_RESPONSE, 1));
    takeAppends();
    disks.onHeard(2, DiskUsage.AlreadyFull);
  }

  private Message answer(MsgType type, long index) {
    return Message.builder(type).from(2).to(1).term(raft.term()).index(index).build();
  }

  /** The appends to store 2 that are ready to leave, and are not withheld. */
  private List<Message> takeAppends() {
    List<Message> taken = new ArrayList<>();
    while (raft.hasReady()) {
      Ready ready = raft.ready();
      for (int i = 0; i < ready.messages().size(); i++) {
        Message message = ready.messages().get(i);
        if (message.type() == MsgType.APPEND && message.to() == 2) {
          taken.add(message);
        }
      }
      log.append(ready.entries());
      raft.advanceAppend(ready);
    }
    return taken;
  }

  private List<Message> proposed() {
    RaftCmdRequest put =
        RaftCmdRequest.newBuilder()
            .addRequests(Request.newBuilder().setCmdType(CmdType.Put))
            .build();
    raft.propose(Payload.of(put.toByteArray()));
    return takeAppends();
  }

  @Test
  void isSentNothingMoreUntilItHasSpace() {
    List<Message> first = proposed();
    assertThat(first).hasSize(1);
    assertThat(leftBehind.withholds(first.get(0), REGION, REGION.getPeers(1))).isTrue();
    assertThat(proposed()).isEmpty();
    leftBehind.tick(REGION);
    raft.step(answer(MsgType.HEARTBEAT_RESPONSE, 0));
    assertThat(takeAppends()).isEmpty();
    disks.onHeard(2, DiskUsage.Normal);
    isSentWhatFollows(1, 2);
  }

  private void isSentWhatFollows(long index, int entries) {
    leftBehind.tick(REGION);
    raft.step(answer(MsgType.HEARTBEAT_RESPONSE, 0));
    assertThat(takeAppends())
        .singleElement()
        .satisfies(
            append -> {
              assertThat(append.index()).isEqualTo(index);
              assertThat(append.entries().size()).isEqualTo(entries);
            });
  }

  @Test
  void isSentAllAgainWhenItIsNeeded() {
    assertThat(leftBehind.withholds(proposed().get(0), REGION, REGION.getPeers(1))).isTrue();
    disks.onHeard(3, DiskUsage.AlreadyFull);
    isSentWhatFollows(1, 1);
  }

  private static final class Log implements RaftStorage {
    private final List<Entry> entries = new ArrayList<>();

    void append(EntryList appended) {
      for (int i = 0; i < appended.size(); i++) {
        entries.add(appended.get(i));
      }
    }

    @Override
    public InitialState initialState() {
      return new InitialState(HardState.EMPTY, ConfState.ofVoters(1, 2, 3));
    }

    @Override
    public Fetch entries(long low, long high, long bytesMax, EntryBuffer out) {
      entries.subList((int) low - 1, (int) high - 1).forEach(out::add);
      return Fetch.OK;
    }

    @Override
    public long term(long index) {
      return index == 0 ? 0 : entries.get((int) index - 1).term();
    }

    @Override
    public long firstIndex() {
      return 1;
    }

    @Override
    public long lastIndex() {
      return entries.size();
    }

    @Override
    public @Nullable Snapshot snapshot(long requestIndex, long to) {
      return null;
    }
  }
}
