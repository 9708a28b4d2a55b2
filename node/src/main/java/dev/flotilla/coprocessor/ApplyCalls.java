package dev.flotilla.coprocessor;

import dev.flotilla.coprocessor.api.AdminObserver;
import dev.flotilla.coprocessor.api.QueryObserver;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.AdminResponse;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;

/** The calls on every replica around the apply of a committed command. */
final class ApplyCalls {
  private ApplyCalls() {}

  static void before(
      Chain chain, Region region, long index, long term, long stamp, RaftCmdRequest command) {
    CallContext context = new CallContext(region, term, index, stamp);
    if (command.hasAdminRequest()) {
      LoggedAdmin admin =
          new LoggedAdmin(
              command.getAdminRequest(), index, term, AdminResponse.getDefaultInstance());
      CallGuard.tell(
          Hook.PRE_APPLY_ADMIN,
          chain.links(Hook.PRE_APPLY_ADMIN, AdminObserver.class),
          context,
          Edits.NONE,
          observer -> observer.preApplyAdmin(context, admin));
    } else {
      LoggedCommand query = new LoggedCommand(command, index, term);
      CallGuard.tell(
          Hook.PRE_APPLY_QUERY,
          chain.links(Hook.PRE_APPLY_QUERY, QueryObserver.class),
          context,
          Edits.NONE,
          observer -> observer.preApplyQuery(context, query));
    }
  }

  static RaftCmdResponse after(
      Chain chain,
      Region region,
      long index,
      long term,
      RaftCmdRequest command,
      RaftCmdResponse response,
      boolean proposer) {
    CallContext context = new CallContext(region, term);
    if (command.hasAdminRequest()) {
      LoggedAdmin admin =
          new LoggedAdmin(command.getAdminRequest(), index, term, response.getAdminResponse());
      CallGuard.tell(
          Hook.POST_APPLY_ADMIN,
          chain.links(Hook.POST_APPLY_ADMIN, AdminObserver.class),
          context,
          Edits.NONE,
          observer -> observer.postApplyAdmin(context, admin));
      return response;
    }
    LoggedCommand query = new LoggedCommand(command, index, term);
    ResponseDraft draft = new ResponseDraft(context, response, proposer);
    CallGuard.tell(
        Hook.POST_APPLY_QUERY,
        chain.links(Hook.POST_APPLY_QUERY, QueryObserver.class),
        context,
        draft,
        observer -> observer.postApplyQuery(context, query, draft));
    return draft.result();
  }
}
