package dev.flotilla.raft;

/** Messages to replica 1, entries and disks, as the other replicas of a group would make them. */
final class Wire {
  private Wire() {}

  static Entry entry(long term, long index) {
    return Entry.normal(term, index, Payload.ofUtf8("x"));
  }

  /** Entries of these terms, the first at {@code index}. */
  static EntryList entries(long index, long... terms) {
    Entry[] entries = new Entry[terms.length];
    for (int i = 0; i < terms.length; i++) {
      entries[i] = entry(terms[i], index + i);
    }
    return EntryList.of(entries);
  }

  static long[] terms(RawNode node) {
    long first = node.firstIndex();
    long[] terms = new long[(int) (node.lastIndex() - first + 1)];
    for (int i = 0; i < terms.length; i++) {
      terms[i] = node.term(first + i);
    }
    return terms;
  }

  static Message.Builder message(MsgType type, long from, long term) {
    return Message.builder(type).from(from).to(1).term(term);
  }

  static Message append(
      long from, long term, long prevTerm, long prev, long commit, EntryList entries) {
    return message(MsgType.APPEND, from, term)
        .logTerm(prevTerm)
        .index(prev)
        .commit(commit)
        .entries(entries)
        .build();
  }

  static Message ack(long from, long term, long index) {
    return message(MsgType.APPEND_RESPONSE, from, term).index(index).build();
  }

  static Message reject(long from, long term, long index, long hint, long hintTerm) {
    return message(MsgType.APPEND_RESPONSE, from, term)
        .index(index)
        .reject(true)
        .rejectHint(hint)
        .logTerm(hintTerm)
        .build();
  }

  static Message heartbeat(long from, long term, long commit) {
    return message(MsgType.HEARTBEAT, from, term).commit(commit).build();
  }

  static Message alive(long from, long term) {
    return message(MsgType.HEARTBEAT_RESPONSE, from, term).build();
  }

  static Message vote(MsgType type, long from, long term, long logTerm, long index) {
    return message(type, from, term).logTerm(logTerm).index(index).build();
  }

  static Message voted(long from, long term, boolean granted) {
    return message(MsgType.VOTE_RESPONSE, from, term).reject(!granted).build();
  }

  static Message snapshot(long from, long term, Snapshot snapshot) {
    return message(MsgType.SNAPSHOT, from, term).snapshot(snapshot).build();
  }

  static Snapshot snapshotAt(long index, long term, long... voters) {
    return snapshotAt(index, term, ConfState.ofVoters(voters));
  }

  static Snapshot snapshotAt(long index, long term, ConfState members) {
    return new Snapshot(new SnapshotMeta(index, term, members), Payload.EMPTY);
  }

  /** A disk with entries of these terms, and the last of them as its term. */
  static MemStorage disk(ConfState members, long... terms) {
    MemStorage disk = new MemStorage();
    disk.setConfState(members);
    disk.append(entries(1, terms));
    if (terms.length > 0) {
      disk.setHardState(new HardState(terms[terms.length - 1], 0, 0));
    }
    return disk;
  }

  static MemStorage disk(int voters, long... terms) {
    long[] ids = new long[voters];
    for (int i = 0; i < voters; i++) {
      ids[i] = i + 1L;
    }
    return disk(ConfState.ofVoters(ids), terms);
  }
}
