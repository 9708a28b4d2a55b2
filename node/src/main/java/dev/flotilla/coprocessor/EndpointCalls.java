package dev.flotilla.coprocessor;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.api.Endpoint;
import dev.flotilla.coprocessor.api.RejectedException;
import dev.flotilla.coprocessor.api.RejectedException.Code;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Refusal;

/** The call of an endpoint, on the thread that reads. */
final class EndpointCalls {
  private EndpointCalls() {}

  static ByteString query(
      Chain chain, Region region, long term, EndpointQuery query, EndpointData data) {
    Link<Endpoint> link = chain.endpoint(query.endpoint());
    if (link == null) {
      throw new Refusal.Rejected(
          query.endpoint(), Code.INVALID, "no plugin of this name answers queries", 0);
    }
    Registration owner = link.owner();
    EndpointVersions.check(owner.pluginId, owner.version, query.versions());
    CallContext context = new CallContext(region, term);
    owner.counters.calls.increment();
    context.begin();
    try (LentReader reader = new LentReader(data)) {
      return ProtoBytes.toProto(
          link.observer().query(context, query.shownRanges(), query.shownRequest(), reader));
    } catch (RejectedException rejected) {
      owner.counters.rejections.increment();
      throw new Refusal.Rejected(
          owner.pluginId, rejected.code(), rejected.reason(), rejected.retryAfterMillis());
    } catch (EndpointData.TimeUp late) {
      owner.counters.rejections.increment();
      throw new Refusal.Rejected(owner.pluginId, Code.QUOTA, late.words(), 0);
    } catch (Refusal ofRead) {
      throw ofRead;
    } catch (Throwable failure) {
      throw CallGuard.failed(Hook.QUERY, context, owner, failure);
    } finally {
      context.end();
    }
  }
}
