package dev.flotilla.raft;

import java.util.ArrayList;
import java.util.List;

/** Texts of messages, entries and Readys as the data-driven files expect them. */
final class RaftText {
  private RaftText() {}

  static String role(Role role) {
    return switch (role) {
      case FOLLOWER -> "StateFollower";
      case CANDIDATE -> "StateCandidate";
      case LEADER -> "StateLeader";
      case PRE_CANDIDATE -> "StatePreCandidate";
    };
  }

  private static String hardState(HardState state) {
    String vote = state.vote() == 0 ? "" : " Vote:" + Long.toUnsignedString(state.vote());
    return "Term:" + state.term() + vote + " Commit:" + state.commit();
  }

  private static String softState(SoftState state) {
    return "Lead:" + Long.toUnsignedString(state.leader()) + " State:" + role(state.role());
  }

  private static String ids(IdSet ids) {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < ids.size(); i++) {
      text.append(i == 0 ? "" : " ").append(Long.toUnsignedString(ids.get(i)));
    }
    return text.append(']').toString();
  }

  private static String confState(ConfState state) {
    return "Voters:"
        + ids(state.voters())
        + " VotersOutgoing:"
        + ids(state.votersOutgoing())
        + " Learners:"
        + ids(state.learners())
        + " LearnersNext:"
        + ids(state.learnersNext())
        + " AutoLeave:"
        + state.autoLeave();
  }

  private static String snapshot(Snapshot snapshot) {
    return "Index:"
        + snapshot.index()
        + " Term:"
        + snapshot.term()
        + " ConfState:"
        + confState(snapshot.meta().confState());
  }

  static String entry(Entry entry) {
    String type =
        switch (entry.type()) {
          case NORMAL -> "EntryNormal";
          case CONF_CHANGE -> "EntryConfChange";
          case CONF_CHANGE_V2 -> "EntryConfChangeV2";
        };
    String payload =
        entry.type() == EntryType.NORMAL
            ? quote(entry.data())
            : TextConfChangeCodec.text(
                new TextConfChangeCodec().decode(entry.type(), entry.data()).changes());
    String head = entry.term() + "/" + entry.index() + " " + type;
    return payload.isEmpty() ? head : head + " " + payload;
  }

  /** Quotes as Go does: printable characters stay, others become escapes. */
  static String quote(Payload bytes) {
    StringBuilder text = new StringBuilder("\"");
    bytes.toUtf8().codePoints().forEach(c -> addQuoted(text, c));
    return text.append('"').toString();
  }

  private static void addQuoted(StringBuilder text, int c) {
    int escape = "\u0007\b\f\n\r\t\u000b\\\"".indexOf(c);
    if (escape >= 0) {
      text.append('\\').append("abfnrtv\\\"".charAt(escape));
    } else if (c < 0x20 || c == 0x7f) {
      text.append("\\x%02x".formatted(c));
    } else if (c == ' ' || isGraphic(c)) {
      text.appendCodePoint(c);
    } else {
      text.append((c < 0x10000 ? "\\u%04x" : "\\U%08x").formatted(c));
    }
  }

  private static boolean isGraphic(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.SPACE_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }

  private static String target(long id) {
    if (id == 0) {
      return "None";
    }
    if (id == Message.APPEND_THREAD) {
      return "AppendThread";
    }
    return id == Message.APPLY_THREAD ? "ApplyThread" : Long.toHexString(id);
  }

  static String message(Message m) {
    return message(m, "", true);
  }

  static String messageWithoutResponses(Message m) {
    return message(m, "", false);
  }

  private static String message(Message m, String indent, boolean withResponses) {
    StringBuilder text = new StringBuilder(indent);
    text.append(target(m.from())).append("->").append(target(m.to()));
    text.append(' ').append(m.type().text());
    text.append(" Term:").append(m.term());
    text.append(" Log:").append(m.logTerm()).append('/').append(m.index());
    if (m.reject()) {
      text.append(" Rejected (Hint: ").append(m.rejectHint()).append(')');
    }
    if (m.commit() != 0) {
      text.append(" Commit:").append(m.commit());
    }
    if (m.vote() != 0) {
      text.append(" Vote:").append(Long.toUnsignedString(m.vote()));
    }
    if (m.entries().size() == 1) {
      text.append(" Entries:[").append(entry(m.entries().first())).append(']');
    } else if (m.entries().size() > 1) {
      text.append(" Entries:[");
      for (Entry each : m.entries().asList()) {
        text.append('\n').append(indent).append("  ").append(entry(each));
      }
      text.append('\n').append(indent).append(']');
    }
    Snapshot snapshot = m.snapshot();
    if (snapshot != null && !snapshot.isEmpty()) {
      text.append('\n').append(indent).append("  Snapshot: ").append(snapshot(snapshot));
    }
    if (withResponses && !m.responses().isEmpty()) {
      text.append(" Responses:[");
      for (Message response : m.responses()) {
        text.append('\n').append(message(response, indent + "  ", true));
      }
      text.append('\n').append(indent).append(']');
    }
    return text.toString();
  }

  static String ready(Ready ready, List<Message> messages) {
    if (ready.isEmpty()) {
      return "<empty Ready>";
    }
    // Upstream does not ask for a sync for a snapshot, which it expects to be written elsewhere.
    boolean mustSync = !ready.entries().isEmpty() || ready.voteOrTermChanged;
    List<String> lines = new ArrayList<>();
    lines.add("Ready MustSync=" + mustSync + ":");
    SoftState soft = ready.softState();
    if (soft != null) {
      lines.add(softState(soft));
    }
    HardState hard = ready.hardState();
    if (hard != null) {
      lines.add("HardState " + hardState(hard));
    }
    if (!ready.readStates().isEmpty()) {
      lines.add("ReadStates " + readStates(ready.readStates()));
    }
    addEntries(lines, "Entries:", ready.entries());
    Snapshot snapshot = ready.snapshot();
    if (snapshot != null) {
      lines.add("Snapshot " + snapshot(snapshot));
    }
    addEntries(lines, "CommittedEntries:", ready.committedEntries());
    if (!messages.isEmpty()) {
      lines.add("Messages:");
      messages.forEach(each -> lines.add(message(each)));
    }
    return String.join("\n", lines) + "\n";
  }

  private static void addEntries(List<String> lines, String head, EntryList entries) {
    if (!entries.isEmpty()) {
      lines.add(head);
      entries.asList().forEach(each -> lines.add(entry(each)));
    }
  }

  private static String readStates(List<ReadState> states) {
    List<String> texts = new ArrayList<>();
    for (ReadState state : states) {
      List<String> bytes = new ArrayList<>();
      for (byte each : state.context().toByteArray()) {
        bytes.add(Integer.toString(each & 0xff));
      }
      texts.add("{" + state.index() + " [" + String.join(" ", bytes) + "]}");
    }
    return "[" + String.join(" ", texts) + "]";
  }
}
