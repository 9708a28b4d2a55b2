package dev.flotilla.server;

import com.google.protobuf.MessageLite;
import dev.flotilla.proto.kvrpcpb.KeyError;
import dev.flotilla.proto.kvrpcpb.KvPair;
import dev.flotilla.proto.kvrpcpb.RawBatchGetResponse;
import dev.flotilla.proto.kvrpcpb.RawBatchScanResponse;
import dev.flotilla.proto.kvrpcpb.RawScanResponse;
import dev.flotilla.proto.tikvpb.BatchCommandsRequest.Request;
import dev.flotilla.proto.tikvpb.BatchCommandsRequest.Request.CmdCase;
import dev.flotilla.proto.tikvpb.BatchCommandsResponse.Response;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The kinds of commands that a batch may hold, each with the method that it stands for. */
final class BatchKinds {
  private final Map<CmdCase, Kind<?, ?>> kinds = new EnumMap<>(CmdCase.class);

  /**
   * One kind.
   *
   * @param request takes the method's request out of a command
   * @param put puts the method's response into an answer
   * @param words a response that tells an error in words: a command has no status of its own
   */
  record Kind<P extends MessageLite, R extends MessageLite>(
      RawMethod<P, R> method,
      Function<Request, P> request,
      BiConsumer<Response.Builder, R> put,
      Function<String, R> words) {}

  BatchKinds(RawMethods methods) {
    add(CmdCase.RAWGET, methods.rawGet, Request::getRawGet, Response.Builder::setRawGet);
    add(CmdCase.RAWPUT, methods.rawPut, Request::getRawPut, Response.Builder::setRawPut);
    add(
        CmdCase.RAWBATCHPUT,
        methods.rawBatchPut,
        Request::getRawBatchPut,
        Response.Builder::setRawBatchPut);
    add(
        CmdCase.RAWDELETE,
        methods.rawDelete,
        Request::getRawDelete,
        Response.Builder::setRawDelete);
    add(
        CmdCase.RAWBATCHDELETE,
        methods.rawBatchDelete,
        Request::getRawBatchDelete,
        Response.Builder::setRawBatchDelete);
    add(
        CmdCase.RAWDELETERANGE,
        methods.rawDeleteRange,
        Request::getRawDeleteRange,
        Response.Builder::setRawDeleteRange);
    add(
        CmdCase.RAWCOPROCESSOR,
        methods.rawCoprocessor,
        Request::getRawCoprocessor,
        Response.Builder::setRawCoprocessor);
    kinds.put(
        CmdCase.RAWBATCHGET,
        new Kind<>(
            methods.rawBatchGet,
            Request::getRawBatchGet,
            Response.Builder::setRawBatchGet,
            text -> RawBatchGetResponse.newBuilder().addPairs(error(text)).build()));
    kinds.put(
        CmdCase.RAWSCAN,
        new Kind<>(
            methods.rawScan,
            Request::getRawScan,
            Response.Builder::setRawScan,
            text -> RawScanResponse.newBuilder().addKvs(error(text)).build()));
    kinds.put(
        CmdCase.RAWBATCHSCAN,
        new Kind<>(
            methods.rawBatchScan,
            Request::getRawBatchScan,
            Response.Builder::setRawBatchScan,
            text -> RawBatchScanResponse.newBuilder().addKvs(error(text)).build()));
  }

  private <P extends MessageLite, R extends MessageLite> void add(
      CmdCase kind,
      RawMethod<P, R> method,
      Function<Request, P> request,
      BiConsumer<Response.Builder, R> put) {
    Function<String, R> words = method.textError();
    if (words == null) {
      throw new IllegalArgumentException(kind + " has no place for an error in words");
    }
    kinds.put(kind, new Kind<>(method, request, put, words));
  }

  private static KvPair error(String text) {
    return KvPair.newBuilder().setError(KeyError.newBuilder().setAbort(text)).build();
  }

  /** The kind of a command, or null when it is not served. */
  @Nullable Kind<?, ?> of(CmdCase kind) {
    return kinds.get(kind);
  }
}
