package dev.flotilla.coprocessor;

import dev.flotilla.proto.metapb.Region;
import java.util.List;

/** The calls around a read, on the thread that reads. */
final class ReadCalls {
  private ReadCalls() {}

  static ReadCall before(Chain chain, Region region, long term, ReadCall call) {
    ReadDraft draft = ReadDraft.of(region, call);
    CallContext context = new CallContext(region, term);
    CallGuard.ask(
        Hook.PRE_READ, chain.preRead, context, draft, observer -> observer.preRead(context, draft));
    return draft.result();
  }

  static List<ReadPair> after(
      Chain chain, Region region, long term, ReadCall call, List<ReadPair> found) {
    ReadDraft asked = ReadDraft.of(region, call);
    FoundDraft draft = new FoundDraft(found);
    CallContext context = new CallContext(region, term);
    CallGuard.ask(
        Hook.POST_READ,
        chain.postRead,
        context,
        draft,
        observer -> observer.postRead(context, asked, draft));
    return draft.result(call instanceof ReadCall.Scan);
  }
}
