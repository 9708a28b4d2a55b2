package dev.flotilla.sim.cluster;

import com.google.protobuf.ByteString;
import dev.flotilla.kv.RawKv;
import dev.flotilla.kv.Reply;
import dev.flotilla.proto.kvrpcpb.Context;
import dev.flotilla.proto.kvrpcpb.RawDeleteRequest;
import dev.flotilla.proto.kvrpcpb.RawDeleteResponse;
import dev.flotilla.proto.kvrpcpb.RawGetRequest;
import dev.flotilla.proto.kvrpcpb.RawGetResponse;
import dev.flotilla.proto.kvrpcpb.RawPutRequest;
import dev.flotilla.proto.kvrpcpb.RawPutResponse;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.proto.raft_cmdpb.RaftRequestHeader;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.store.RegionStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Requests of a scripted scenario, in words. */
final class ScriptedRequests {
  private static final long STEP_MILLIS = 50;
  private static final int STEPS = 200;

  private final SimCluster cluster;
  private final AdminModel admin;
  private final List<Answer> open = new ArrayList<>();

  private static final class Answer {
    final String question;
    @Nullable String text;

    Answer(String question) {
      this.question = question;
    }
  }

  ScriptedRequests(SimCluster cluster) {
    this.cluster = cluster;
    this.admin = new AdminModel(1, cluster.world(), cluster::processOf, cluster::storeIds);
  }

  AdminModel admin() {
    return admin;
  }

  /**
   * {@code put KEY VALUE}, {@code get KEY}, {@code delete KEY}: goes on until someone carries it
   * out. With {@code store=S} that store is asked, once. {@code ask put KEY VALUE store=S} does not
   * wait for the answer. {@code replica-read KEY} asks for leave to read where nobody need lead.
   */
  String send(String verb, List<String> words, Map<String, String> options) {
    if (verb.equals("ask")) {
      Answer answer = new Answer(String.join(" ", words));
      open.add(answer);
      once(words.get(0), words.subList(1, words.size()), store(options), answer);
      return "asked";
    }
    String last = "no answer";
    for (int i = 0; i < STEPS; i++) {
      Integer store = store(options);
      Answer answer = new Answer(verb);
      once(verb, words, store, answer);
      for (int step = 0; step < STEPS && answer.text == null; step++) {
        run();
      }
      last = answer.text == null ? "no answer" : answer.text;
      if (store != null || !isRefusal(last)) {
        return last;
      }
      run();
    }
    return last;
  }

  private static boolean isRefusal(String text) {
    return text.startsWith("refused") || text.equals("no answer");
  }

  private static @Nullable Integer store(Map<String, String> options) {
    String store = options.get("store");
    return store == null ? null : Integer.valueOf(store);
  }

  private void run() {
    Timeline timeline = cluster.world().timeline();
    timeline.runUntil(timeline.nowNanos() + STEP_MILLIS * Timeline.MILLI);
  }

  /** Answers that came since, in order of the questions. */
  List<String> takeAnswers() {
    List<String> lines = new ArrayList<>();
    open.forEach(
        answer ->
            lines.add(answer.question + ": " + (answer.text == null ? "no answer" : answer.text)));
    open.removeIf(answer -> answer.text != null);
    return lines;
  }

  /** Gives an order and waits for what becomes of it. */
  String order(Runnable order) {
    int before = admin.outcomes().size();
    order.run();
    for (int step = 0; step < STEPS && admin.outcomes().size() == before; step++) {
      run();
    }
    List<String> outcomes = admin.outcomes();
    return outcomes.size() == before ? "no answer" : outcomes.get(outcomes.size() - 1);
  }

  /** The region as its leader knows it, asked of the stores themselves. */
  Directory.Route route(long regionId) {
    for (int step = 0; step < STEPS; step++) {
      Directory.Route best = null;
      for (SimMachine machine : cluster.machines()) {
        SimProcess process = machine.process();
        RegionStatus status = process == null ? null : process.store().regionStatus(regionId);
        if (status != null && status.leading() && (best == null || status.term() > best.term())) {
          Peer peer = Regions.peerOn(status.region(), machine.id());
          if (peer != null) {
            best = new Directory.Route(status.region(), peer, status.term());
          }
        }
      }
      if (best != null) {
        return best;
      }
      run();
    }
    throw new IllegalStateException("nobody leads region " + regionId);
  }

  private void once(String verb, List<String> words, @Nullable Integer store, Answer answer) {
    ByteString key = ByteString.copyFromUtf8(words.get(0));
    Directory.Route route = cluster.world().directory().byKey(key);
    if (route == null) {
      answer.text = "refused: no region known";
      return;
    }
    Peer peer = store == null ? route.leader() : Regions.peerOn(route.region(), store);
    SimProcess process = peer == null ? null : cluster.processOf((int) peer.getStoreId());
    if (peer == null || process == null) {
      answer.text = "refused: nobody there";
      return;
    }
    if (verb.equals("replica-read")) {
      readReplica(process, route, peer, answer);
      return;
    }
    Context context = Routes.context(new Directory.Route(route.region(), peer, 0));
    RawKv kv = process.kv();
    process.later(
        0,
        () -> {
          switch (verb) {
            case "put" ->
                kv.put(
                    RawPutRequest.newBuilder()
                        .setContext(context)
                        .setKey(key)
                        .setValue(ByteString.copyFromUtf8(words.get(1)))
                        .build(),
                    this.<RawPutResponse>reply(answer, response -> "ok"));
            case "delete" ->
                kv.delete(
                    RawDeleteRequest.newBuilder().setContext(context).setKey(key).build(),
                    this.<RawDeleteResponse>reply(answer, response -> "ok"));
            default ->
                kv.get(
                    RawGetRequest.newBuilder().setContext(context).setKey(key).build(),
                    this.<RawGetResponse>reply(
                        answer,
                        response ->
                            response.getNotFound() ? "none" : response.getValue().toStringUtf8()));
          }
        });
  }

  /** A read that any replica may serve; no client asks for one, so only its grant is looked at. */
  private static void readReplica(
      SimProcess process, Directory.Route route, Peer peer, Answer answer) {
    RaftCmdRequest command =
        RaftCmdRequest.newBuilder()
            .setHeader(
                RaftRequestHeader.newBuilder()
                    .setRegionId(route.region().getId())
                    .setRegionEpoch(route.region().getRegionEpoch())
                    .setPeer(peer)
                    .setReplicaRead(true))
            .addRequests(Request.newBuilder().setCmdType(CmdType.Snap))
            .build();
    process.send(
        new Msg.Command(
            command,
            new Callback() {
              @Override
              public void done(RaftCmdResponse response) {
                answer.text = "done";
              }

              @Override
              public void readable(ReadGrant grant) {
                grant.close();
                answer.text = "granted";
              }

              @Override
              public void refused(Refusal refusal) {
                answer.text = "refused: " + refusal.getClass().getSimpleName();
              }
            }));
  }

  private <R> Reply<R> reply(Answer answer, Function<R, String> text) {
    return new Reply<>() {
      @Override
      public void done(R response) {
        answer.text = text.apply(response);
      }

      @Override
      public void refused(Refusal refusal) {
        answer.text = "refused: " + refusal.getClass().getSimpleName();
      }
    };
  }
}
