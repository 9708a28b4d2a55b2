package dev.flotilla.raft;

import dev.flotilla.raft.DataDriven.Arg;
import dev.flotilla.raft.DataDriven.Directive;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** A cluster that data-driven commands act on, one thread, no time, no chance. */
final class InteractionEnv {
  private static final int ELECTION_TICKS = 3;
  private static final int HEARTBEAT_TICKS = 1;

  private final OutputBuffer out = new OutputBuffer();
  private final List<InteractionNode> nodes = new ArrayList<>();
  private List<Message> inFlight = new ArrayList<>();

  /** Runs one command and returns its output. */
  String handle(Directive d) {
    String error = null;
    try {
      run(d);
    } catch (CommandError refused) {
      error = String.valueOf(refused.getMessage());
    }
    String text = out.take();
    if (error != null) {
      return out.isQuiet() ? error : text + error;
    }
    return text.isEmpty() ? "ok" : text;
  }

  private void run(Directive d) {
    switch (d.command()) {
      case "_breakpoint" -> {}
      case "add-nodes" -> addNodes(d);
      case "campaign" -> node(d).raw.campaign();
      case "compact" -> compact(d);
      case "deliver-msgs" -> deliverMessages(d);
      case "process-ready" -> forEachId(d, "handling Ready", this::processReady);
      case "process-append-thread" -> forEachId(d, "processing append thread", this::processAppend);
      case "process-apply-thread" -> forEachId(d, "processing apply thread", this::processApply);
      case "log-level" -> out.setLevel(bare(d, 0));
      case "raft-log" -> printLog(node(d));
      case "raft-state" -> printState();
      case "status" -> printStatus(node(d));
      case "set-randomized-election-timeout" ->
          node(d).raw.raft().electionTimeout = Math.toIntExact(number(d, "timeout"));
      case "stabilize" -> stabilize(d);
      case "tick-election" -> tick(node(d), ELECTION_TICKS);
      case "tick-heartbeat" -> tick(node(d), HEARTBEAT_TICKS);
      case "transfer-leadership" -> nodeOf(number(d, "from")).raw.transferLeader(number(d, "to"));
      case "forget-leader" -> node(d).raw.forgetLeader();
      case "send-snapshot" -> sendSnapshot(d);
      case "propose" -> check(node(d).raw.propose(Payload.ofUtf8(bare(d, 1))));
      case "propose-conf-change" -> proposeConfChange(d);
      case "report-unreachable" -> reportUnreachable(d);
      // Not in the upstream files, where there is no way to ask for these.
      case "read-index" -> check(node(d).raw.readIndex(Payload.ofUtf8(bare(d, 1))));
      case "report-snapshot" ->
          node(d).raw.reportSnapshot(Long.parseLong(bare(d, 1)), bool(d, "ok", true));
      case "restart" -> node(d).restart();
      case "request-snapshot" -> {
        if (!node(d).raw.requestSnapshot()) {
          throw new CommandError("snapshot request dropped");
        }
      }
      case "committed-on" ->
          out.println(Long.toString(node(d).raw.committedOn(Long.parseLong(bare(d, 1)))));
      case "set-priority" -> node(d).raw.setPriority(Long.parseLong(bare(d, 1)));
      case "propose-batch" ->
          check(node(d).raw.proposeBatch(d.input().lines().map(Payload::ofUtf8).toList()));
      default -> throw new CommandError("unknown command");
    }
  }

  // Arguments.

  private static String bare(Directive d, int position) {
    Arg arg = d.args().get(position);
    if (!arg.bare()) {
      throw new IllegalArgumentException("unexpected value of " + arg.key());
    }
    return arg.key();
  }

  private InteractionNode node(Directive d) {
    return nodeOf(Long.parseLong(bare(d, 0)));
  }

  private InteractionNode nodeOf(long id) {
    return nodes.get(Math.toIntExact(id - 1));
  }

  private static long number(Directive d, String key) {
    Arg arg = d.arg(key);
    if (arg == null) {
      throw new IllegalArgumentException("argument " + key + " is missing");
    }
    return Long.parseLong(arg.value());
  }

  private static List<Long> ids(Directive d) {
    return d.args().stream().filter(Arg::bare).map(arg -> Long.parseLong(arg.key())).toList();
  }

  /** Arguments without a value are no options, whatever their name. */
  private static List<Arg> options(Directive d) {
    return d.args().stream().filter(arg -> !arg.values().isEmpty()).toList();
  }

  private static boolean bool(Directive d, String key, boolean otherwise) {
    Arg arg = d.arg(key);
    return (arg == null || arg.bare()) ? otherwise : parseBool(arg.value());
  }

  static boolean parseBool(String text) {
    if (Set.of("1", "t", "T", "TRUE", "true", "True").contains(text)) {
      return true;
    }
    if (Set.of("0", "f", "F", "FALSE", "false", "False").contains(text)) {
      return false;
    }
    throw new IllegalArgumentException("not a boolean: " + text);
  }

  private static void check(StepResult result) {
    if (result != StepResult.OK) {
      throw new CommandError(errorText(result));
    }
  }

  private static String errorText(StepResult result) {
    return switch (result) {
      case PROPOSAL_DROPPED -> "raft proposal dropped";
      case STEP_LOCAL_MESSAGE -> "raft: cannot step raft local message";
      case STEP_PEER_NOT_FOUND -> "raft: cannot step as peer not found";
      case OK, READ_DROPPED -> result.toString();
    };
  }

  // Nodes.

  private void addNodes(Directive d) {
    int count = Integer.parseInt(bare(d, 0));
    IdSet voters = IdSet.EMPTY;
    IdSet learners = IdSet.EMPTY;
    long index = 0;
    Payload content = Payload.EMPTY;
    for (Arg arg : options(d)) {
      switch (arg.key()) {
        case "voters" -> voters = voters.union(idSet(arg));
        case "learners" -> learners = learners.union(idSet(arg));
        case "index" -> index = Long.parseLong(arg.value());
        case "content" -> content = Payload.ofUtf8(arg.value());
        default -> {}
      }
    }
    SnapshotMeta meta = new SnapshotMeta(index, 0, ConfState.of(voters, learners));
    Snapshot start = new Snapshot(meta, content);
    if (!start.equals(Snapshot.EMPTY)) {
      start = new Snapshot(new SnapshotMeta(index, 1, meta.confState()), content);
    }
    boolean async = bool(d, "async-storage-writes", false);
    for (int i = 0; i < count; i++) {
      nodes.add(new InteractionNode(settings(nodes.size() + 1, d), async, start));
    }
  }

  private static IdSet idSet(Arg arg) {
    return IdSet.of(arg.values().stream().mapToLong(Long::parseUnsignedLong).toArray());
  }

  private RaftConfig.Builder settings(long id, Directive d) {
    RaftConfig.Builder settings =
        RaftConfig.builder(id, new TextConfChangeCodec(), (term, min, max) -> (min + max) / 2)
            .logger(out)
            .electionTicks(ELECTION_TICKS)
            .heartbeatTicks(HEARTBEAT_TICKS)
            .inflightMessagesMax(Integer.MAX_VALUE);
    boolean leased = false;
    for (Arg arg : options(d)) {
      switch (arg.key()) {
        case "inflight" -> settings.inflightMessagesMax(Integer.parseInt(arg.value()));
        case "async-storage-writes" -> settings.asyncStorageWrites(parseBool(arg.value()));
        case "prevote" -> settings.preVote(parseBool(arg.value()));
        case "checkquorum" -> settings.checkQuorum(parseBool(arg.value()));
        case "max-committed-size-per-ready" ->
            settings.committedBytesMax(Long.parseLong(arg.value()));
        case "disable-conf-change-validation" ->
            settings.confChangeValidation(!parseBool(arg.value()));
        case "step-down-on-removal" -> settings.stepDownOnRemoval(parseBool(arg.value()));
        case "read-only" -> {
          switch (arg.value()) {
            case "safe" -> leased = false;
            case "lease-based" -> leased = true;
            default -> throw new CommandError("invalid read-only option \"" + arg.value() + "\"");
          }
        }
        // Ours.
        case "max-size-per-msg" -> settings.messageBytesMax(Long.parseLong(arg.value()));
        case "max-uncommitted-size" -> settings.uncommittedBytesMax(Long.parseLong(arg.value()));
        case "max-inflight-bytes" -> settings.inflightBytesMax(Long.parseLong(arg.value()));
        case "pending-reads" -> settings.pendingReadsMax(Integer.parseInt(arg.value()));
        case "snapshot-requests" -> settings.snapshotRequests(parseBool(arg.value()));
        case "commit-tracking" -> settings.commitTracking(parseBool(arg.value()));
        case "commit-by-vote" -> settings.commitByVote(parseBool(arg.value()));
        case "proposal-forwarding" -> settings.proposalForwarding(parseBool(arg.value()));
        case "skip-bcast-commit" -> settings.skipBcastCommit(parseBool(arg.value()));
        case "batch-append" -> settings.batchAppend(parseBool(arg.value()));
        default -> {}
      }
    }
    if (leased) {
      settings.readOnly(ReadOnlyOption.LEASE_BASED);
    }
    return settings;
  }

  // Running.

  private void forEachId(Directive d, String what, IntConsumer action) {
    List<Long> ids = ids(d);
    for (long id : ids) {
      if (ids.size() > 1) {
        out.println("> " + id + " " + what);
        out.indented(() -> action.accept((int) id));
      } else {
        action.accept((int) id);
      }
    }
  }

  private void processReady(int id) {
    InteractionNode node = nodeOf(id);
    Ready ready = node.raw.ready();
    List<Message> messages = new ArrayList<>(ready.messages());
    messages.addAll(ready.messagesAfterPersist());
    out.print(RaftText.ready(ready, messages));
    if (!node.isAsync()) {
      HardState state = ready.hardState();
      Snapshot snapshot = ready.snapshot();
      node.write(
          state == null ? HardState.EMPTY : state,
          snapshot == null ? Snapshot.EMPTY : snapshot,
          ready.entries());
      node.apply(ready.committedEntries());
    }
    for (Message message : messages) {
      if (message.to() == Message.APPEND_THREAD) {
        node.appendWork.add(message);
      } else if (message.to() == Message.APPLY_THREAD) {
        node.applyWork.add(message);
      } else {
        inFlight.add(message);
      }
    }
    if (!node.isAsync()) {
      node.raw.advance(ready);
    }
  }

  private void processAppend(int id) {
    InteractionNode node = nodeOf(id);
    Message work = node.appendWork.poll();
    if (work == null) {
      out.print("no append work to perform");
      return;
    }
    printWork(work);
    Snapshot snapshot = work.snapshot();
    node.write(
        new HardState(work.term(), work.vote(), work.commit()),
        snapshot == null ? Snapshot.EMPTY : snapshot,
        work.entries());
    deliverResponses(work);
  }

  private void processApply(int id) {
    InteractionNode node = nodeOf(id);
    Message work = node.applyWork.poll();
    if (work == null) {
      out.print("no apply work to perform");
      return;
    }
    printWork(work);
    node.apply(work.entries());
    deliverResponses(work);
  }

  private void printWork(Message work) {
    out.println("Processing:");
    out.println(RaftText.messageWithoutResponses(work));
  }

  private void deliverResponses(Message work) {
    out.println("Responses:");
    work.responses().forEach(response -> out.println(RaftText.message(response)));
    inFlight.addAll(work.responses());
  }

  private void stabilize(Directive d) {
    List<Long> ids = new ArrayList<>(ids(d));
    for (long id = 1; ids(d).isEmpty() && id <= nodes.size(); id++) {
      ids.add(id);
    }
    final int rank = out.rank();
    Arg level = d.arg("log-level");
    if (level != null && !level.bare()) {
      out.setLevel(level.value());
    }
    try {
      boolean busy = true;
      while (busy) {
        busy = stabilizeOnce(ids);
      }
    } finally {
      out.setRank(rank);
    }
  }

  private boolean stabilizeOnce(List<Long> ids) {
    boolean busy = false;
    for (long id : ids) {
      if (nodeOf(id).raw.hasReady()) {
        out.println("> " + id + " handling Ready");
        out.indented(() -> processReady((int) id));
        busy = true;
      }
    }
    for (long id : ids) {
      if (inFlight.stream().anyMatch(message -> message.to() == id)) {
        out.println("> " + Long.toString(id) + " receiving messages");
        out.indented(() -> deliver(id, null, false));
        busy = true;
      }
    }
    for (long id : ids) {
      InteractionNode node = nodeOf(id);
      if (!node.appendWork.isEmpty()) {
        out.println("> " + id + " processing append thread");
        while (!node.appendWork.isEmpty()) {
          out.indented(() -> processAppend((int) id));
        }
        busy = true;
      }
    }
    for (long id : ids) {
      InteractionNode node = nodeOf(id);
      if (!node.applyWork.isEmpty()) {
        out.println("> " + id + " processing apply thread");
        while (!node.applyWork.isEmpty()) {
          out.indented(() -> processApply((int) id));
        }
        busy = true;
      }
    }
    return busy;
  }

  private void deliverMessages(Directive d) {
    MsgType type = null;
    Arg typeArg = d.arg("type");
    if (typeArg != null) {
      type = typeOf(typeArg.value());
    }
    int handled = 0;
    List<Long> seen = new ArrayList<>();
    for (Arg arg : d.args()) {
      boolean drop = arg.key().equals("drop") && !arg.bare();
      List<String> recipients = arg.bare() ? List.of(arg.key()) : drop ? arg.values() : List.of();
      for (String recipient : recipients) {
        long id = Long.parseLong(recipient);
        if (drop && seen.contains(id)) {
          throw new IllegalArgumentException("messages to " + id + " both delivered and dropped");
        }
        seen.add(id);
        handled += deliver(id, type, drop);
      }
    }
    if (handled == 0) {
      out.println("no messages");
    }
  }

  private static MsgType typeOf(String text) {
    for (MsgType type : MsgType.values()) {
      if (type.text().equals(text)) {
        return type;
      }
    }
    throw new IllegalArgumentException("unknown message type " + text);
  }

  private int deliver(long to, @Nullable MsgType type, boolean drop) {
    List<Message> taken = new ArrayList<>();
    List<Message> rest = new ArrayList<>();
    for (Message message : inFlight) {
      boolean local =
          message.from() == message.to()
              || Message.isStorageThread(message.from())
              || Message.isStorageThread(message.to());
      boolean wanted =
          message.to() == to && !(drop && local) && (type == null || message.type() == type);
      (wanted ? taken : rest).add(message);
    }
    inFlight = rest;
    for (Message message : taken) {
      out.println((drop ? "dropped: " : "") + RaftText.message(message));
      if (!drop) {
        StepResult result = nodeOf(to).raw.step(message);
        if (result != StepResult.OK && result != StepResult.READ_DROPPED) {
          out.println(errorText(result));
        }
      }
    }
    return taken.size();
  }

  private static void tick(InteractionNode node, int ticks) {
    for (int i = 0; i < ticks; i++) {
      node.raw.tick();
    }
  }

  // Commands with output or input of their own.

  private void compact(Directive d) {
    InteractionNode node = node(d);
    if (!node.storage.compact(Long.parseLong(bare(d, 1)))) {
      throw new CommandError("requested index is unavailable due to compaction");
    }
    printLog(node);
  }

  private void printLog(InteractionNode node) {
    long first = node.storage.firstIndex();
    long last = node.storage.lastIndex();
    if (last < first) {
      out.print("log is empty: first index=" + first + ", last index=" + last);
      return;
    }
    EntryBuffer entries = new EntryBuffer();
    node.storage.entries(first, last + 1, Long.MAX_VALUE, entries);
    entries.drain().asList().forEach(entry -> out.println(RaftText.entry(entry)));
  }

  private void printState() {
    for (InteractionNode node : nodes) {
      RawNode raw = node.raw;
      ConfState members = raw.confState();
      boolean voter =
          members.voters().contains(raw.id()) || members.votersOutgoing().contains(raw.id());
      out.println(
          "%d: %s (%s) Term:%d Lead:%d"
              .formatted(
                  raw.id(),
                  RaftText.role(raw.role()),
                  voter ? "Voter" : "Non-Voter",
                  raw.term(),
                  raw.leaderId()));
    }
  }

  private void printStatus(InteractionNode node) {
    ProgressTracker tracker = node.raw.raft().tracker;
    for (int i = 0; node.raw.isLeader() && i < tracker.size(); i++) {
      out.println(Long.toUnsignedString(tracker.at(i).id) + ": " + tracker.at(i));
    }
  }

  private void sendSnapshot(Directive d) {
    InteractionNode from = node(d);
    Message message =
        Message.builder(MsgType.SNAPSHOT)
            .from(from.raw.id())
            .to(Long.parseLong(bare(d, 1)))
            .term(from.raw.term())
            .snapshot(from.storage.snapshot(0, 0))
            .build();
    inFlight.add(message);
    out.print(RaftText.message(message));
  }

  private void proposeConfChange(Directive d) {
    boolean first = false;
    ConfChange.Transition transition = ConfChange.Transition.AUTO;
    for (Arg arg : options(d)) {
      switch (arg.key()) {
        case "v1" -> first = parseBool(arg.value());
        case "transition" ->
            transition =
                switch (arg.value()) {
                  case "auto" -> ConfChange.Transition.AUTO;
                  case "implicit" -> ConfChange.Transition.JOINT_IMPLICIT;
                  case "explicit" -> ConfChange.Transition.JOINT_EXPLICIT;
                  default -> throw new CommandError("unknown transition " + arg.value());
                };
        default -> throw new CommandError("unknown command " + arg.key());
      }
    }
    List<ConfChange.Single> changes = TextConfChangeCodec.parse(d.input());
    ConfChange change = new ConfChange.V2(transition, changes, Payload.EMPTY);
    if (first) {
      if (changes.size() != 1 || transition != ConfChange.Transition.AUTO) {
        throw new CommandError("v1 conf change can only have one operation and no transition");
      }
      change = new ConfChange.V1(changes.get(0).type(), changes.get(0).nodeId(), Payload.EMPTY);
    }
    check(node(d).raw.proposeConfChange(change, Payload.EMPTY));
  }

  private void reportUnreachable(Directive d) {
    List<Long> ids = ids(d);
    if (ids.size() != 2) {
      throw new CommandError(
          "must specify exactly two node indexes: node on which to report, and reported node");
    }
    nodeOf(ids.get(0)).raw.reportUnreachable(ids.get(1));
  }
}
