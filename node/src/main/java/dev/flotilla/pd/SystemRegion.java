package dev.flotilla.pd;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.DeleteRequest;
import dev.flotilla.proto.raft_cmdpb.GuardRequest;
import dev.flotilla.proto.raft_cmdpb.PutRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.proto.raft_cmdpb.RaftRequestHeader;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Scheduler;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes of one leadership of the system region. Outcomes come back on the driver's own
 * thread.
 */
final class SystemRegion {
  private static final Request SNAP = Request.newBuilder().setCmdType(CmdType.Snap).build();

  private final RaftStoreRouter router;
  private final Scheduler<Runnable> self;
  private final PlacementTask.Leads leadership;

  SystemRegion(RaftStoreRouter router, Scheduler<Runnable> self, PlacementTask.Leads leadership) {
    this.router = router;
    this.self = self;
    this.leadership = leadership;
  }

  /** The driver's generation: the raft term of this leadership. */
  long generation() {
    return leadership.term();
  }

  /** A put for {@link #write}. */
  static Request put(ByteString key, ByteString value) {
    return Request.newBuilder()
        .setCmdType(CmdType.Put)
        .setPut(PutRequest.newBuilder().setKey(key).setValue(value))
        .build();
  }

  /** A delete for {@link #write}. */
  static Request delete(ByteString key) {
    return Request.newBuilder()
        .setCmdType(CmdType.Delete)
        .setDelete(DeleteRequest.newBuilder().setKey(key))
        .build();
  }

  /**
   * Writes {@code changes} together, if the generation on record is {@code expected}.
   *
   * @param expected null when there is to be none
   * @param outcome given null once they are durable, else why they may not be
   */
  void write(@Nullable Long expected, List<Request> changes, Consumer<@Nullable Refusal> outcome) {
    GuardRequest.Builder guard = GuardRequest.newBuilder().setKey(Records.GENERATION);
    if (expected == null) {
      guard.setExpectedNotExist(true);
    } else {
      guard.setExpectedValue(Records.number(expected));
    }
    send(
        command()
            .addRequests(Request.newBuilder().setCmdType(CmdType.Guard).setGuard(guard))
            .addAllRequests(changes)
            .build(),
        new Callback() {
          @Override
          public void done(RaftCmdResponse response) {
            self.schedule(() -> outcome.accept(null));
          }

          @Override
          public void readable(ReadGrant grant) {
            grant.close();
            throw new AssertionError("a write was answered as a read");
          }

          @Override
          public void refused(Refusal refusal) {
            self.schedule(() -> outcome.accept(refusal));
          }
        });
  }

  /**
   * Reads the region while this leadership holds; {@code reader} is given null when it does not.
   * The grant is closed afterwards.
   */
  void read(Consumer<@Nullable ReadGrant> reader) {
    send(
        command().addRequests(SNAP).build(),
        new Callback() {
          @Override
          public void done(RaftCmdResponse response) {
            throw new AssertionError("a read was answered as a write");
          }

          @Override
          public void readable(ReadGrant grant) {
            boolean taken =
                self.schedule(
                    () -> {
                      try (grant) {
                        reader.accept(grant.term() == generation() ? grant : null);
                      }
                    });
            if (!taken) {
              grant.close();
            }
          }

          @Override
          public void refused(Refusal refusal) {
            self.schedule(() -> reader.accept(null));
          }
        });
  }

  private RaftCmdRequest.Builder command() {
    return RaftCmdRequest.newBuilder()
        .setHeader(
            RaftRequestHeader.newBuilder()
                .setRegionId(leadership.region().getId())
                .setRegionEpoch(leadership.region().getRegionEpoch())
                .setPeer(leadership.leader())
                .setTerm(leadership.term()));
  }

  private void send(RaftCmdRequest command, Callback callback) {
    router.send(new Msg.Command(command, callback));
  }
}
