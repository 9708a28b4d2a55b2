package dev.flotilla.server;

import com.google.protobuf.MessageLite;
import io.vertx.grpc.server.GrpcServer;

/** {@code tikvpb.Tikv}: the raw API. Whatever is not here is answered UNIMPLEMENTED. */
final class KvService {
  private final RawMethods methods;
  private final RawMethod<?, ?> split;
  private final UnaryCalls calls;

  KvService(RawMethods methods, RegionCutter cutter, UnaryCalls calls) {
    this.methods = methods;
    this.split = cutter.method();
    this.calls = calls;
  }

  void bind(GrpcServer server) {
    methods.all().forEach(method -> bind(server, method));
    bind(server, split);
  }

  private <P extends MessageLite, R extends MessageLite> void bind(
      GrpcServer server, RawMethod<P, R> method) {
    calls.bind(server, method.method(), method, method::serve);
  }
}
