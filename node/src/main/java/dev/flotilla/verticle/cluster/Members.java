package dev.flotilla.verticle.cluster;

import dev.flotilla.config.HostPort;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which store is at which cluster address, as far as this node has heard. Only for finding nodes:
 * who is a member of what is decided by raft and the placement driver, so that a wrong entry delays
 * a message and nothing else. Any thread.
 */
public final class Members {
  /**
   * Where a store was found.
   *
   * @param storeId not 0
   * @param address cluster address that others are told
   * @param life grows with each start of the store; of two that differ the later is right
   */
  public record Member(long storeId, HostPort address, long life) {}

  private static final Logger LOG = LoggerFactory.getLogger(Members.class);

  private final HostPort self;
  private final Set<HostPort> seeds;
  private final Map<Long, Member> known = new TreeMap<>();
  private final Set<Long> gone = new HashSet<>();

  /** Stores of which it was logged that nobody can tell where they are. */
  private final Set<Long> lost = ConcurrentHashMap.newKeySet();

  private final List<LongConsumer> listeners = new CopyOnWriteArrayList<>();

  /**
   * @param self this node's cluster address
   * @param seeds addresses of nodes of which nothing else is known yet
   * @param remembered from an earlier life of this node
   */
  public Members(HostPort self, Collection<HostPort> seeds, Collection<Member> remembered) {
    this.self = self;
    this.seeds = new LinkedHashSet<>(seeds);
    this.seeds.remove(self);
    remembered.forEach(member -> known.put(member.storeId(), member));
  }

  /** This node's cluster address. */
  public HostPort self() {
    return self;
  }

  /** This node is the store {@code storeId}, and began at {@code unixMillis}. */
  public void identify(long storeId, long unixMillis) {
    Member earlier;
    synchronized (this) {
      earlier = known.get(storeId);
    }
    // A clock that was set back must not make this life look like an old one.
    long life = earlier == null ? unixMillis : Math.max(unixMillis, earlier.life() + 1);
    learn(new Member(storeId, self, life));
  }

  /** Others remember this node's own store as of {@code life}, which is over. */
  void outlive(long storeId, long life) {
    synchronized (this) {
      Member now = known.get(storeId);
      if (now == null || life <= now.life()) {
        return;
      }
    }
    learn(new Member(storeId, self, life + 1));
  }

  /** Takes in what somebody says of a store; older word than what is known changes nothing. */
  public void learn(Member member) {
    synchronized (this) {
      Member before = known.get(member.storeId());
      if (gone.contains(member.storeId()) || (before != null && before.life() >= member.life())) {
        return;
      }
      known.put(member.storeId(), member);
      if (before != null && before.address().equals(member.address())) {
        return;
      }
    }
    listeners.forEach(listener -> listener.accept(member.storeId()));
  }

  /** As {@link #learn(Member)}, by the words of others: what is no address changes nothing. */
  public void learn(long storeId, String address, long life) {
    HostPort there;
    try {
      there = HostPort.parse(address);
    } catch (IllegalArgumentException e) {
      if (lost.add(storeId)) {
        LOG.warn("store {} is said to be at '{}'", storeId, address);
      }
      return;
    }
    learn(new Member(storeId, there, life));
  }

  /** A store that is no more; ids are not given out again, so later word of it is old. */
  public void forget(long storeId) {
    synchronized (this) {
      gone.add(storeId);
      if (known.remove(storeId) == null) {
        return;
      }
    }
    listeners.forEach(listener -> listener.accept(storeId));
  }

  /** The node at a seed address has said who it is: its own word counts from now on. */
  void resolve(HostPort seed, long storeId) {
    synchronized (this) {
      if (known.containsKey(storeId)) {
        seeds.remove(seed);
      }
    }
  }

  /** Where a store is; null when nobody has said. */
  @Nullable HostPort addressOf(long storeId) {
    synchronized (this) {
      Member member = known.get(storeId);
      return member == null ? null : member.address();
    }
  }

  /** All stores that were heard of, this node's included. */
  public List<Member> all() {
    synchronized (this) {
      return List.copyOf(known.values());
    }
  }

  /** Addresses of all other nodes, known ones first. */
  public List<HostPort> others() {
    Set<HostPort> others = new LinkedHashSet<>();
    synchronized (this) {
      known.values().forEach(member -> others.add(member.address()));
      others.addAll(seeds);
    }
    others.remove(self);
    return new ArrayList<>(others);
  }

  /** Tells {@code listener} of each store that has moved, come or gone; on the thread that said. */
  public void onChange(LongConsumer listener) {
    listeners.add(listener);
  }
}
