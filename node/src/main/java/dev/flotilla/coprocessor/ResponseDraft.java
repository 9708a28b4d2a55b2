package dev.flotilla.coprocessor;

import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.ResponseEditor;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.proto.raft_cmdpb.Response;

/** The answer to an applied write; the edits of a call are kept or dropped together. */
final class ResponseDraft implements ResponseEditor, Edits {
  private final CallSpan span;
  private final RaftCmdResponse base;
  private final boolean proposer;
  private final Parts<Response> responses;

  ResponseDraft(CallSpan span, RaftCmdResponse base, boolean proposer) {
    this.span = span;
    this.base = base;
    this.responses = new Parts<>(span, base.getResponsesList());
    this.proposer = proposer;
  }

  /** The answer itself, or a new one when it was edited. */
  RaftCmdResponse result() {
    return responses.isChanged()
        ? base.toBuilder().clearResponses().addAllResponses(responses.kept()).build()
        : base;
  }

  @Override
  public int size() {
    return responses.size();
  }

  @Override
  public boolean isProposer() {
    return proposer;
  }

  @Override
  public boolean succeeded(int index) {
    Response response = responses.get(index);
    return !response.hasCompareAndSwap() || response.getCompareAndSwap().getSucceed();
  }

  @Override
  public boolean hasValue(int index) {
    Response response = responses.get(index);
    return response.hasCompareAndSwap() && !response.getCompareAndSwap().getPreviousNotExist();
  }

  @Override
  public Bytes value(int index) {
    return ProtoBytes.of(responses.get(index).getCompareAndSwap().getPreviousValue());
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
    Response.Builder response = responses.get(index).toBuilder();
    response.getCompareAndSwapBuilder().setPreviousValue(ProtoBytes.toProto(value));
    responses.set(index, response.build());
  }

  @Override
  public void check() {
    // An answer cannot be broken: only values change, and any bytes are a value.
  }

  @Override
  public boolean keep() {
    return responses.keep();
  }

  @Override
  public void drop() {
    responses.drop();
  }
}
