package dev.flotilla.coprocessor;

import dev.flotilla.coprocessor.api.ReadObserver;
import dev.flotilla.proto.metapb.Region;
import java.util.List;

/** The calls around a read, on the thread that reads. */
final class ReadCalls {
  private ReadCalls() {}

  static ReadCall before(Chain chain, Region region, long term, ReadCall call) {
    CallContext context = new CallContext(region, term);
    ReadDraft draft = ReadDraft.of(context, region, call);
    CallGuard.ask(
        Hook.PRE_READ,
        chain.links(Hook.PRE_READ, ReadObserver.class),
        context,
        draft,
        observer -> observer.preRead(context, draft));
    return draft.result();
  }

  static List<ReadPair> after(
      Chain chain, Region region, long term, ReadCall call, List<ReadPair> found) {
    CallContext context = new CallContext(region, term);
    // What was asked cannot be edited any more: its span never begins.
    ReadDraft asked = ReadDraft.of(new CallSpan(), region, call);
    FoundDraft draft = new FoundDraft(context, found);
    CallGuard.ask(
        Hook.POST_READ,
        chain.links(Hook.POST_READ, ReadObserver.class),
        context,
        draft,
        observer -> observer.postRead(context, asked, draft));
    return draft.result(call instanceof ReadCall.Scan);
  }
}
