package dev.flotilla.coprocessor;

import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.ResponseEditor;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.proto.raft_cmdpb.Response;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The answer to an applied write; the edits of a call are kept or dropped together. */
final class ResponseDraft implements ResponseEditor, Edits {
  private final CallSpan span = new CallSpan();
  private final RaftCmdResponse base;
  private final boolean proposer;
  private Response @Nullable [] kept;
  private Response @Nullable [] edited;

  ResponseDraft(RaftCmdResponse base, boolean proposer) {
    this.base = base;
    this.proposer = proposer;
  }

  /** The answer itself, or a new one when it was edited. */
  RaftCmdResponse result() {
    return kept == null
        ? base
        : base.toBuilder().clearResponses().addAllResponses(Arrays.asList(kept)).build();
  }

  private Response response(int index) {
    if (edited != null) {
      return edited[index];
    }
    return kept != null ? kept[index] : base.getResponses(index);
  }

  @Override
  public int size() {
    return base.getResponsesCount();
  }

  @Override
  public boolean isProposer() {
    return proposer;
  }

  @Override
  public boolean succeeded(int index) {
    Response response = response(index);
    return !response.hasCompareAndSwap() || response.getCompareAndSwap().getSucceed();
  }

  @Override
  public boolean hasValue(int index) {
    Response response = response(index);
    return response.hasCompareAndSwap() && !response.getCompareAndSwap().getPreviousNotExist();
  }

  @Override
  public Bytes value(int index) {
    return ProtoBytes.of(response(index).getCompareAndSwap().getPreviousValue());
  }

  @Override
  public void setValue(int index, Bytes value) {
    span.check();
    if (!hasValue(index)) {
      throw new UnsupportedOperationException("part " + index + " of the answer has no value");
    }
    if (!proposer) {
      return;
    }
    Response.Builder response = response(index).toBuilder();
    response.getCompareAndSwapBuilder().setPreviousValue(ProtoBytes.toProto(value));
    if (edited == null) {
      edited = kept != null ? kept.clone() : base.getResponsesList().toArray(Response[]::new);
    }
    edited[index] = response.build();
  }

  @Override
  public CallSpan span() {
    return span;
  }

  @Override
  public void check() {
    // An answer cannot be broken: only values change, and any bytes are a value.
  }

  @Override
  public boolean keep() {
    if (edited == null) {
      return false;
    }
    kept = edited;
    edited = null;
    return true;
  }

  @Override
  public void drop() {
    edited = null;
  }
}
