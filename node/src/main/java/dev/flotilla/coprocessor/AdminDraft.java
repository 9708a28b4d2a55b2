package dev.flotilla.coprocessor;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.api.AdminCommand;
import dev.flotilla.coprocessor.api.AdminKind;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import java.util.Objects;

/** An admin command before its proposal; the edits of a call are kept or dropped together. */
final class AdminDraft extends ProtoAdmin implements AdminCommand, Edits {
  private final CallSpan span;
  private final Region region;

  /** The command as it was before the present call. */
  private AdminRequest kept;

  private boolean altered;

  AdminDraft(CallSpan span, Region region, AdminRequest base) {
    super(base);
    this.span = span;
    this.region = region;
    this.kept = base;
  }

  @Override
  public void setSplitKey(int index, Bytes key) {
    span.check();
    if (kind() != AdminKind.SPLIT) {
      throw new UnsupportedOperationException("a command without split keys");
    }
    Objects.checkIndex(index, splitKeys().size());
    ByteString bytes = ProtoBytes.toProto(key);
    AdminRequest.Builder next = request().toBuilder();
    if (request().getCmdType() == AdminCmdType.Split) {
      next.getSplitBuilder().setSplitKey(bytes);
    } else {
      next.getSplitsBuilder().getRequestsBuilder(index).setSplitKey(bytes);
    }
    replace(next.build());
    altered = true;
  }

  /** Without it logs grow until the disk is full, and replicas that are wrong go on serving. */
  @Override
  public boolean isUpkeep() {
    return switch (kind()) {
      case COMPACT_LOG, COMPUTE_HASH, VERIFY_HASH -> true;
      default -> false;
    };
  }

  @Override
  public boolean isAltered() {
    return altered;
  }

  @Override
  public void check() {
    if (altered) {
      String problem = SplitObserver.problem(new ProtoRegion(region), splitKeys());
      if (problem != null) {
        throw new InvalidEdit(problem);
      }
    }
  }

  @Override
  public boolean keep() {
    boolean any = altered;
    kept = request();
    altered = false;
    return any;
  }

  @Override
  public void drop() {
    replace(kept);
    altered = false;
  }
}
