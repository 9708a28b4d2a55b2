package dev.flotilla.coprocessor;

import dev.flotilla.coprocessor.api.AdminObserver;
import dev.flotilla.coprocessor.api.QueryObserver;
import dev.flotilla.coprocessor.api.Rejection;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.raftstore.Refusal;

/** The calls on the leader before a proposal. */
final class ProposeCalls {
  private ProposeCalls() {}

  static RaftCmdRequest query(Chain chain, Region region, long term, RaftCmdRequest command) {
    CallContext context = new CallContext(region, term);
    CommandBatch batch = new CommandBatch(context, region, command);
    CallGuard.ask(
        Hook.PRE_PROPOSE_QUERY,
        chain.links(Hook.PRE_PROPOSE_QUERY, QueryObserver.class),
        context,
        batch,
        observer -> observer.preProposeQuery(context, batch));
    return batch.result();
  }

  static AdminRequest admin(Chain chain, Region region, long term, AdminRequest admin) {
    CallContext context = new CallContext(region, term);
    AdminDraft draft = new AdminDraft(context, region, admin);
    try {
      CallGuard.ask(
          Hook.PRE_PROPOSE_ADMIN,
          chain.links(Hook.PRE_PROPOSE_ADMIN, AdminObserver.class),
          context,
          draft,
          observer -> observer.preProposeAdmin(context, draft));
    } catch (Refusal.Rejected refusal) {
      tellRejected(chain, region, term, admin, refusal);
      throw refusal;
    }
    return draft.request();
  }

  private static void tellRejected(
      Chain chain, Region region, long term, AdminRequest admin, Refusal.Rejected refusal) {
    CallContext context = new CallContext(region, term);
    ProtoAdmin asked = new ProtoAdmin(admin);
    Rejection rejection = new Rejection(refusal.plugin, refusal.code, refusal.reason);
    CallGuard.tell(
        Hook.ON_ADMIN_REJECTED,
        chain.links(Hook.ON_ADMIN_REJECTED, AdminObserver.class),
        context,
        Edits.NONE,
        observer -> observer.onAdminRejected(context, asked, rejection));
  }
}
