package dev.flotilla.verticle.cluster;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.config.HostPort;
import dev.flotilla.proto.cluster.JoinRequest;
import dev.flotilla.proto.cluster.JoinResponse;
import dev.flotilla.proto.cluster.Member;
import dev.flotilla.proto.cluster.WhoRequest;
import dev.flotilla.proto.cluster.WhoResponse;
import dev.flotilla.proto.raft_serverpb.StoreIdent;
import dev.flotilla.security.Sender;
import dev.flotilla.security.StoreNames;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What nodes ask each other without knowing who they are: is there a cluster, may I join it, and
 * who is where. Answers from the start on, at first that this node knows of no cluster.
 *
 * <p>Where connections are encrypted, only the nodes of stores, and those that the operator has
 * named, are believed in what they say of others.
 *
 * <p>Each node greets all others it has heard of, now and then, and says whom it knows; so a node
 * that knows one soon knows all, and one that comes back at another address is found.
 */
public final class Greeting {
  private static final Logger LOG = LoggerFactory.getLogger(Greeting.class);
  private static final String WHO = "Who";
  private static final String JOIN = "Join";
  private static final int UNAVAILABLE = 14;

  /** What this node is, once it knows. */
  private record Identity(long clusterId, long storeId, PlacementLink placement) {}

  private final BusCalls calls;
  private final Members members;
  private final StoreNames names;
  private final Set<HostPort> seeds;
  private final String sharedSettings;
  private final Set<Long> gone = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean toldGone = new AtomicBoolean();
  private final List<MessageConsumer<Buffer>> consumers = new ArrayList<>();
  private final Set<HostPort> strangers = ConcurrentHashMap.newKeySet();

  /** Those who did not answer when they were last greeted. */
  private final Set<HostPort> silent = ConcurrentHashMap.newKeySet();

  private volatile @Nullable Identity identity;

  /**
   * @param names whose certificate speaks for which store
   * @param seeds nodes that the operator has named: what they say is believed
   * @param sharedSettings what this node has of the settings that all stores must share
   */
  public Greeting(
      BusCalls calls,
      Members members,
      StoreNames names,
      Collection<HostPort> seeds,
      String sharedSettings) {
    this.calls = calls;
    this.members = members;
    this.names = names;
    this.seeds = Set.copyOf(seeds);
    this.sharedSettings = sharedSettings;
  }

  /** Begins to answer at {@code names}, by which others may know this node. */
  public Future<Void> open(Collection<HostPort> names) {
    List<Future<?>> opened = new ArrayList<>();
    for (HostPort name : names) {
      opened.add(calls.serve(Addresses.node(name), this::onRequest).onSuccess(consumers::add));
    }
    return Future.all(opened).mapEmpty();
  }

  /** Answers no more. */
  public void close() {
    consumers.forEach(MessageConsumer::unregister);
  }

  /** From now on this node knows its cluster, and others may join by it. */
  public void onIdentified(long clusterId, long storeId, PlacementLink placement) {
    identity = new Identity(clusterId, storeId, placement);
  }

  /** A store was taken out of the cluster for good: should it ask, it is told. Any thread. */
  public void onGone(long storeId) {
    gone.add(storeId);
  }

  private void onRequest(Sender sender, String method, byte[] request, BusCalls.Reply reply) {
    Identity self = identity;
    if (method.equals(WHO)) {
      onWho(sender, request, reply);
    } else if (!method.equals(JOIN)) {
      reply.fail(BusCalls.UNIMPLEMENTED, "there is no method " + method);
    } else if (self == null) {
      reply.fail(UNAVAILABLE, "it knows of no cluster yet");
    } else {
      onJoin(self, sender, request, reply);
    }
  }

  private void onJoin(Identity self, Sender sender, byte[] request, BusCalls.Reply reply) {
    String name;
    try {
      name = JoinRequest.parseFrom(request).getStore().getNodeName();
    } catch (InvalidProtocolBufferException e) {
      reply.fail(BusCalls.UNIMPLEMENTED, "request cannot be read");
      return;
    }
    if (!names.mayRegister(name, sender)) {
      reply.fail(BusCalls.PERMISSION_DENIED, "your certificate is not that of " + name);
      return;
    }
    self.placement()
        .join(request)
        .onComplete(
            reply::done, failure -> reply.fail(UNAVAILABLE, String.valueOf(failure.getMessage())));
  }

  private void onWho(Sender sender, byte[] request, BusCalls.Reply reply) {
    WhoRequest who;
    try {
      who = WhoRequest.parseFrom(request);
      if (who.getMembersCount() > 0 && names.isMember(sender)) {
        learn(who.getClusterId(), who.getMembersList());
      }
    } catch (InvalidProtocolBufferException e) {
      reply.fail(BusCalls.UNIMPLEMENTED, "request cannot be read");
      return;
    }
    WhoResponse.Builder answer = WhoResponse.newBuilder();
    Identity self = identity;
    if (self != null) {
      answer
          .setClusterId(self.clusterId())
          .setStoreId(self.storeId())
          .addAllMembers(known())
          .setSharedSettings(sharedSettings)
          .setGone(who.getClusterId() == self.clusterId() && gone.contains(who.getStoreId()));
    }
    reply.done(answer.build().toByteArray());
  }

  private List<Member> known() {
    List<Member> known = new ArrayList<>();
    for (Members.Member member : members.all()) {
      Member.Builder said =
          Member.newBuilder()
              .setStoreId(member.storeId())
              .setAddress(member.address().toString())
              .setLife(member.life());
      String name = names.find(member.storeId());
      known.add(name == null ? said.build() : said.setNodeName(name).build());
    }
    return known;
  }

  /** Only the own cluster's word counts. */
  private void learn(long clusterId, List<Member> said) {
    Identity self = identity;
    if (self == null || clusterId != self.clusterId()) {
      return;
    }
    for (Member member : said) {
      if (member.getStoreId() == self.storeId()) {
        members.outlive(self.storeId(), member.getLife());
      } else {
        if (member.hasNodeName()) {
          names.hear(member.getStoreId(), member.getNodeName());
        }
        members.learn(member.getStoreId(), member.getAddress(), member.getLife());
      }
    }
  }

  /** Greets all other nodes; those that do not answer are greeted again the next time. */
  public void greetAll() {
    List<HostPort> others = members.others();
    silent.retainAll(Set.copyOf(others));
    for (HostPort other : others) {
      answer(other, greeting())
          .onComplete(
              answer -> {
                silent.remove(other);
                onAnswer(other, answer);
              },
              failure -> {
                silent.add(other);
                LOG.debug("{} does not answer: {}", other, failure.getMessage());
              });
    }
  }

  /** Nodes of which this one has heard, and that did not answer its last greeting. Any thread. */
  public List<HostPort> silent() {
    return members.others().stream().filter(silent::contains).toList();
  }

  private void onAnswer(HostPort from, Answer said) {
    WhoResponse answer = said.content();
    Identity self = identity;
    if (self == null || answer.getClusterId() == 0) {
      return;
    }
    if (answer.getClusterId() != self.clusterId()) {
      if (strangers.add(from)) {
        LOG.warn("the node at {} is of another cluster, {}", from, answer.getClusterId());
      }
    } else if (seeds.contains(from) || names.isMember(said.sender())) {
      learn(answer.getClusterId(), answer.getMembersList());
      members.resolve(from, answer.getStoreId());
      if (answer.getGone() && !toldGone.getAndSet(true)) {
        LOG.warn("store {} was taken out of the cluster for good: stop this node", self.storeId());
      }
    }
  }

  private record Answer(Sender sender, WhoResponse content) {}

  private WhoRequest greeting() {
    Identity self = identity;
    return self == null
        ? WhoRequest.getDefaultInstance()
        : WhoRequest.newBuilder()
            .setClusterId(self.clusterId())
            .setStoreId(self.storeId())
            .addAllMembers(known())
            .build();
  }

  /** Asks the node at a cluster address which cluster it knows; id 0 for none. */
  public Future<WhoResponse> who(HostPort node) {
    return answer(node, WhoRequest.getDefaultInstance()).map(Answer::content);
  }

  /**
   * As {@link #who(HostPort)}, for a store that was there before and is not known to be again.
   * Fails when the node is not to be believed.
   */
  public Future<WhoResponse> who(HostPort node, StoreIdent self) {
    WhoRequest request =
        WhoRequest.newBuilder()
            .setClusterId(self.getClusterId())
            .setStoreId(self.getStoreId())
            .build();
    return answer(node, request)
        .compose(
            said ->
                seeds.contains(node) || names.isMember(said.sender())
                    ? Future.succeededFuture(said.content())
                    : Future.failedFuture("it is not of a node of this cluster"));
  }

  private Future<Answer> answer(HostPort node, WhoRequest request) {
    return calls
        .ask(Addresses.node(node), WHO, request.toByteArray())
        .compose(
            answered ->
                BusCalls.parsed(answered.content().getBytes(), WhoResponse.parser())
                    .map(said -> new Answer(answered.sender(), said)));
  }

  /** Asks the node at a cluster address to have this one made a store of its cluster. */
  public Future<JoinResponse> join(HostPort node, JoinRequest request) {
    return calls
        .ask(Addresses.node(node), JOIN, request.toByteArray())
        .compose(answered -> BusCalls.parsed(answered.content().getBytes(), JoinResponse.parser()));
  }
}
