package dev.flotilla.sim.cluster;

import dev.flotilla.proto.raft_serverpb.RaftMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Directed links between stores, each with its own troubles. */
final class SimNetwork {
  /** Where messages come out, and where a sender hears that one did not. */
  interface Ends {
    void receive(int to, RaftMessage message);

    void unreachable(int from, RaftMessage message);
  }

  private static final class Link {
    int cuts;
    long clogUntilNanos;
    long lastArrivalNanos;
  }

  private static final int STORES_MAX = 32;

  private final Timeline timeline;
  private final Trace trace;
  private final Dice dice;
  private final Knobs.Net net;
  private final Ends ends;
  private final Link[][] links = new Link[STORES_MAX][STORES_MAX];
  private final List<Predicate<RaftMessage>> drops = new ArrayList<>();

  /** Places of stores that came later. */
  private final Map<Integer, Integer> places = new HashMap<>();

  private int lossPercent;
  private boolean calm;
  private long delivered;

  SimNetwork(Timeline timeline, Trace trace, Dice dice, Knobs.Net net, Ends ends) {
    this.timeline = timeline;
    this.trace = trace;
    this.dice = dice;
    this.net = net;
    this.ends = ends;
    for (Link[] row : links) {
      for (int i = 0; i < row.length; i++) {
        row[i] = new Link();
      }
    }
  }

  /** A new store is where another one was. */
  void addStore(int store, int inPlaceOf) {
    places.put(store, place(inPlaceOf));
  }

  private int place(long store) {
    return store < STORES_MAX
        ? (int) Math.max(0, store)
        : places.getOrDefault((int) Math.min(Integer.MAX_VALUE, store), 0);
  }

  private Link link(int from, int to) {
    return links[place(from)][place(to)];
  }

  /** Takes something that is no raft message to another store, if it gets there. */
  void carry(int from, int to, Runnable arrival) {
    Link link = link(from, to);
    if (link.cuts > 0 || dice.chance(calm ? 0 : net.lossOdds() + lossPercent / 100.0)) {
      return;
    }
    timeline.after(
        (long) (dice.fraction() * net.delayMillisMax() * Timeline.MILLI),
        () -> {
          if (link.cuts == 0) {
            arrival.run();
          }
        });
  }

  /** Messages that {@code drop} holds for are lost, until {@link #heal}. */
  void dropping(Predicate<RaftMessage> drop) {
    drops.add(drop);
  }

  /** Such messages arrive again. */
  void notDropping(Predicate<RaftMessage> drop) {
    drops.remove(drop);
  }

  /** Whether a test or a fault takes {@code message} away for certain. */
  boolean drops(RaftMessage message) {
    for (Predicate<RaftMessage> drop : drops) {
      if (drop.test(message)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Lets messages of one store for another one leave together at {@code departNanos}, to arrive
   * together or not at all.
   */
  void send(List<RaftMessage> frame, long departNanos) {
    RaftMessage first = frame.get(0);
    int from = (int) first.getFromPeer().getStoreId();
    int to = (int) first.getToPeer().getStoreId();
    if (place(first.getToPeer().getStoreId()) == 0) {
      // There is no such store, whatever a damaged message said.
      return;
    }
    Link link = link(from, to);
    List<RaftMessage> left =
        drops.isEmpty() ? frame : frame.stream().filter(m -> !drops(m)).toList();
    if (link.cuts > 0 || left.size() < frame.size()) {
      if (dice.chance(0.2)) {
        timeline.at(departNanos, () -> frame.forEach(message -> ends.unreachable(from, message)));
      }
    }
    if (link.cuts > 0
        || left.isEmpty()
        || dice.chance(calm ? 0 : net.lossOdds() + lossPercent / 100.0)) {
      return;
    }
    deliverLater(to, left, link, departNanos);
    if (!calm && dice.chance(net.twiceOdds())) {
      deliverLater(to, left, link, departNanos);
    }
  }

  private void deliverLater(int to, List<RaftMessage> frame, Link link, long departNanos) {
    long arrival = departNanos + (long) (dice.fraction() * net.delayMillisMax() * Timeline.MILLI);
    if (!calm && dice.chance(net.tailOdds())) {
      arrival += dice.between(0, net.tailMillisMax()) * Timeline.MILLI;
    }
    arrival = Math.max(arrival, link.clogUntilNanos);
    if (net.ordered()) {
      arrival = Math.max(arrival, link.lastArrivalNanos);
      link.lastArrivalNanos = arrival;
    }
    timeline.at(
        arrival,
        () -> {
          if (link.cuts == 0) {
            for (int i = 0; i < frame.size(); i++) {
              deliver(to, frame.get(i));
            }
          }
        });
  }

  private void deliver(int to, RaftMessage message) {
    delivered++;
    trace.add(
        message.getMessage().getMsgType().name(),
        message.getRegionId(),
        message.getFromPeer().getStoreId(),
        to,
        message.getMessage().getTerm(),
        message.getMessage().getIndex());
    ends.receive(to, message);
  }

  boolean isCut(int from, int to) {
    return link(from, to).cuts > 0;
  }

  void cut(int from, int to) {
    link(from, to).cuts++;
  }

  void mend(int from, int to) {
    Link link = link(from, to);
    link.cuts = Math.max(0, link.cuts - 1);
  }

  void clog(int from, int to, long untilNanos) {
    Link link = link(from, to);
    link.clogUntilNanos = Math.max(link.clogUntilNanos, untilNanos);
  }

  void setLossPercent(int percent) {
    lossPercent = percent;
  }

  /** Good weather from now on. */
  void heal() {
    for (Link[] row : links) {
      for (Link link : row) {
        link.cuts = 0;
      }
    }
    drops.clear();
    lossPercent = 0;
    calm = true;
  }

  long delivered() {
    return delivered;
  }
}
