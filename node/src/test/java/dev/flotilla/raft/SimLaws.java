package dev.flotilla.raft;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What must hold after every event, whatever happens: one leader a term, logs that agree up to any
 * entry they share, leaders that have all that was committed before, one committed entry an index,
 * terms and commit indexes that never fall while a replica runs.
 */
final class SimLaws {
  private record Slot(long index, long term) {}

  private record Content(long termBefore, Entry entry) {}

  /** What was seen of one replica since it started. */
  private static final class Seen {
    private final Map<Long, Long> terms = new HashMap<>();
    private long last;
    private long term;
    private long committed;
    private long leaderTerm;
  }

  private final Seen[] seen;
  private final Map<Slot, Content> entries = new HashMap<>();
  private final Map<Long, Long> committed = new HashMap<>();
  private final Map<Long, Long> leaders = new HashMap<>();
  private long highestCommitted;

  SimLaws(int size) {
    seen = new Seen[size + 1];
  }

  /** What was not durable is forgotten. */
  void started(RawNode node) {
    Seen fresh = new Seen();
    fresh.committed = node.committed();
    seen[(int) node.id()] = fresh;
  }

  long highestCommitted() {
    return highestCommitted;
  }

  /** Returns what {@code node} has just violated; empty if nothing. */
  String violated(RawNode node) {
    Seen before = seen[(int) node.id()];
    if (node.term() < before.term || node.committed() < before.committed) {
      return "term or commit index fell";
    }
    before.term = node.term();
    String broken = checkLog(node, before);
    broken = broken.isEmpty() ? checkCommits(node, before) : broken;
    return broken.isEmpty() && node.isLeader() ? checkLeader(node, before) : broken;
  }

  private String checkLog(RawNode node, Seen before) {
    long last = node.lastIndex();
    for (long i = last; i >= node.firstIndex(); i--) {
      long term = node.term(i);
      if (Objects.equals(before.terms.put(i, term), term)) {
        break;
      }
      EntryList found = node.entries(i, i + 1, RaftConfig.NO_LIMIT);
      long termBefore = node.term(i - 1);
      if (found == null || termBefore < 0) {
        continue;
      }
      Content content = new Content(termBefore, found.first());
      Content other = entries.putIfAbsent(new Slot(i, term), content);
      if (other != null && !other.equals(content)) {
        return "logs share " + term + "/" + i + " and differ there or before";
      }
    }
    for (long i = last + 1; i <= before.last; i++) {
      before.terms.remove(i);
    }
    before.last = last;
    return "";
  }

  private String checkCommits(RawNode node, Seen before) {
    for (long i = before.committed + 1; i <= node.committed(); i++) {
      long term = node.term(i);
      Long other = term < 0 ? null : committed.putIfAbsent(i, term);
      if (other != null && other != term) {
        return "index " + i + " is committed in terms " + other + " and " + term;
      }
    }
    before.committed = node.committed();
    highestCommitted = Math.max(highestCommitted, before.committed);
    return "";
  }

  private String checkLeader(RawNode node, Seen before) {
    Long other = leaders.putIfAbsent(node.term(), node.id());
    if (other != null && other != node.id()) {
      return "term " + node.term() + " has a leader already, " + other;
    }
    if (before.leaderTerm != node.term()) {
      before.leaderTerm = node.term();
      for (long i = node.firstIndex(); i <= highestCommitted; i++) {
        Long term = committed.get(i);
        // What this leader commits by itself is of its own term: only the terms before count.
        if (term != null && term < node.term() && term != node.term(i)) {
          return "leader lacks committed " + term + "/" + i;
        }
      }
    }
    return "";
  }
}
