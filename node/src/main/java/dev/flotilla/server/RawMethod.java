package dev.flotilla.server;

import com.google.protobuf.MessageLite;
import dev.flotilla.kv.Reply;
import dev.flotilla.proto.errorpb.Error;
import dev.flotilla.proto.kvrpcpb.Context;
import dev.flotilla.raftstore.Refusal;
import io.vertx.grpc.common.ServiceMethod;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One method of a region, the same whether its requests come alone or in batches.
 *
 * @param method as clients call it
 * @param contextOf where the client thinks its keys are
 * @param operation answers exactly once
 * @param regionError a response that tells a region error
 * @param textError a response that tells an error in words; null when it has no place for one
 * @param <P> request message
 * @param <R> response message
 */
record RawMethod<P extends MessageLite, R extends MessageLite>(
    ServiceMethod<P, R> method,
    Function<P, Context> contextOf,
    BiConsumer<P, Reply<R>> operation,
    Function<Error, R> regionError,
    @Nullable Function<String, R> textError)
    implements UnaryCall.Refusals<R> {

  @Override
  public R region(Error error) {
    return regionError.apply(error);
  }

  @Override
  public @Nullable R text(String text) {
    return textError == null ? null : textError.apply(text);
  }

  /** Serves a request behind the checks that all methods share. */
  void serve(P request, ServedCall<R> call) {
    Context context = contextOf.apply(request);
    String mismatch = Edge.versionMismatch(method.methodName(), context);
    if (mismatch != null) {
      call.rejected(mismatch);
      return;
    }
    try {
      Edge.checkRegion(context.getRegionId());
    } catch (Refusal refusal) {
      call.refused(refusal);
      return;
    }
    operation.accept(request, call);
  }
}
