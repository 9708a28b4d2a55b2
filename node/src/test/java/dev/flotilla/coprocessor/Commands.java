package dev.flotilla.coprocessor;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.api.Coprocessor;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.BatchSplitRequest;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.CompareAndSwapRequest;
import dev.flotilla.proto.raft_cmdpb.CompareAndSwapResponse;
import dev.flotilla.proto.raft_cmdpb.DeleteRangeRequest;
import dev.flotilla.proto.raft_cmdpb.GuardRequest;
import dev.flotilla.proto.raft_cmdpb.PutRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.proto.raft_cmdpb.Response;
import dev.flotilla.proto.raft_cmdpb.SplitRequest;
import java.util.ArrayList;
import java.util.List;

/** Commands of a region from {@code b} to {@code y}, and hosts that run observers over them. */
final class Commands {
  static final Region REGION =
      Region.newBuilder()
          .setId(2)
          .setStartKey(text("b"))
          .setEndKey(text("y"))
          .addPeers(Peer.newBuilder().setId(3).setStoreId(1))
          .build();

  private Commands() {}

  /** A host with plugins p0, p1, ... in the order of the arguments. */
  static CoprocessorHost hostOf(Coprocessor... observers) {
    List<Registration> registrations = new ArrayList<>();
    for (Coprocessor observer : observers) {
      registrations.add(Registration.of("p" + registrations.size(), "1", observer));
    }
    CoprocessorHost host = CoprocessorHost.withBuiltIns();
    host.publish(Chain.of(registrations));
    return host;
  }

  static CoprocessorStatus statusOf(CoprocessorHost host, String pluginId) {
    return host.status().stream()
        .filter(status -> status.pluginId().equals(pluginId))
        .findFirst()
        .orElseThrow();
  }

  static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }

  static RaftCmdRequest command(Request... requests) {
    RaftCmdRequest.Builder command = RaftCmdRequest.newBuilder().addAllRequests(List.of(requests));
    command.getHeaderBuilder().setRegionId(2);
    return command.build();
  }

  static Request put(String key, String value) {
    return Request.newBuilder()
        .setCmdType(CmdType.Put)
        .setPut(PutRequest.newBuilder().setKey(text(key)).setValue(text(value)))
        .build();
  }

  static Request guard(String key) {
    return Request.newBuilder()
        .setCmdType(CmdType.Guard)
        .setGuard(GuardRequest.newBuilder().setKey(text(key)))
        .build();
  }

  static Request deleteRange(String start, String end) {
    return Request.newBuilder()
        .setCmdType(CmdType.DeleteRange)
        .setDeleteRange(
            DeleteRangeRequest.newBuilder().setStartKey(text(start)).setEndKey(text(end)))
        .build();
  }

  static Request swap(String key, String previous, String value) {
    return Request.newBuilder()
        .setCmdType(CmdType.CompareAndSwap)
        .setCompareAndSwap(
            CompareAndSwapRequest.newBuilder()
                .setKey(text(key))
                .setPreviousValue(text(previous))
                .setValue(text(value)))
        .build();
  }

  static RaftCmdResponse swapped(String previous) {
    return RaftCmdResponse.newBuilder()
        .addResponses(
            Response.newBuilder()
                .setCmdType(CmdType.CompareAndSwap)
                .setCompareAndSwap(
                    CompareAndSwapResponse.newBuilder()
                        .setSucceed(true)
                        .setPreviousValue(text(previous))))
        .build();
  }

  static AdminRequest split(String key) {
    return AdminRequest.newBuilder()
        .setCmdType(AdminCmdType.Split)
        .setSplit(SplitRequest.newBuilder().setSplitKey(text(key)).setNewRegionId(9))
        .build();
  }

  static AdminRequest splits(String... keys) {
    BatchSplitRequest.Builder splits = BatchSplitRequest.newBuilder();
    for (String key : keys) {
      splits.addRequests(SplitRequest.newBuilder().setSplitKey(text(key)));
    }
    return AdminRequest.newBuilder().setCmdType(AdminCmdType.BatchSplit).setSplits(splits).build();
  }
}
