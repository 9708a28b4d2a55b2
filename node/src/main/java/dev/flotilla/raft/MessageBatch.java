package dev.flotilla.raft;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Messages of one pass, and the view of them that leaves the package; both are used again. */
final class MessageBatch {
  private final List<Message> messages = new ArrayList<>(4);
  private final List<Message> view = Collections.unmodifiableList(messages);

  void add(Message message) {
    messages.add(message);
  }

  Message get(int position) {
    return messages.get(position);
  }

  int size() {
    return messages.size();
  }

  boolean isEmpty() {
    return messages.isEmpty();
  }

  void clear() {
    messages.clear();
  }

  /** Returns the messages read-only; what is added later shows in it. */
  List<Message> view() {
    return view;
  }
}
