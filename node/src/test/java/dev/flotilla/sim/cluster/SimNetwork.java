package dev.flotilla.sim.cluster;

import dev.flotilla.proto.raft_serverpb.RaftMessage;
import java.util.ArrayList;
import java.util.List;
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

  /** Messages that {@code drop} holds for are lost, until {@link #heal}. */
  void dropping(Predicate<RaftMessage> drop) {
    drops.add(drop);
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

  /** Lets a message leave at {@code departNanos}. */
  void send(RaftMessage message, long departNanos) {
    int from = (int) message.getFromPeer().getStoreId();
    int to = (int) Math.min(STORES_MAX, message.getToPeer().getStoreId());
    if (to < 1 || to >= STORES_MAX) {
      // There is no such store, whatever a damaged message said.
      return;
    }
    Link link = links[from][to];
    if (link.cuts > 0 || drops(message)) {
      if (dice.chance(0.2)) {
        timeline.at(departNanos, () -> ends.unreachable(from, message));
      }
      return;
    }
    if (dice.chance(calm ? 0 : net.lossOdds() + lossPercent / 100.0)) {
      return;
    }
    deliverLater(to, message, link, departNanos);
    if (!calm && dice.chance(net.twiceOdds())) {
      deliverLater(to, message, link, departNanos);
    }
  }

  private void deliverLater(int to, RaftMessage message, Link link, long departNanos) {
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
          if (link.cuts > 0) {
            return;
          }
          delivered++;
          trace.add(
              message.getMessage().getMsgType().name(),
              message.getRegionId(),
              message.getFromPeer().getStoreId(),
              to,
              message.getMessage().getTerm(),
              message.getMessage().getIndex());
          ends.receive(to, message);
        });
  }

  boolean isCut(int from, int to) {
    return links[from][to].cuts > 0;
  }

  void cut(int from, int to) {
    links[from][to].cuts++;
  }

  void mend(int from, int to) {
    Link link = links[from][to];
    link.cuts = Math.max(0, link.cuts - 1);
  }

  void clog(int from, int to, long untilNanos) {
    links[from][to].clogUntilNanos = Math.max(links[from][to].clogUntilNanos, untilNanos);
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
