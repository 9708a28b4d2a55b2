package dev.flotilla.raft;

/**
 * Conf changes and memberships as they appear in log lines: the protobuf text form of their wire
 * messages.
 */
final class ConfChangeText {
  private ConfChangeText() {}

  static String of(ConfChange change) {
    StringBuilder text = new StringBuilder();
    if (change instanceof ConfChange.V1 single) {
      text.append("type:").append(name(single.type())).append(" node_id:").append(single.nodeId());
    } else {
      text.append("transition:").append(name(change.transition()));
      for (ConfChange.Single each : change.changes()) {
        text.append(" changes:{type:").append(name(each.type()));
        text.append(" node_id:").append(Long.toUnsignedString(each.nodeId())).append('}');
      }
    }
    if (!change.context().isEmpty()) {
      text.append(" context:").append(quote(change.context()));
    }
    return text.toString();
  }

  static String of(ConfState members) {
    StringBuilder text = new StringBuilder();
    addIds(text, "voters", members.voters());
    addIds(text, "learners", members.learners());
    addIds(text, "voters_outgoing", members.votersOutgoing());
    addIds(text, "learners_next", members.learnersNext());
    return text.append(members.autoLeave() ? " auto_leave:true" : "").toString().strip();
  }

  private static void addIds(StringBuilder text, String field, IdSet ids) {
    for (int i = 0; i < ids.size(); i++) {
      text.append(' ').append(field).append(':').append(Long.toUnsignedString(ids.get(i)));
    }
  }

  private static String name(ConfChange.Type type) {
    return switch (type) {
      case ADD_NODE -> "ConfChangeAddNode";
      case REMOVE_NODE -> "ConfChangeRemoveNode";
      case UPDATE_NODE -> "ConfChangeUpdateNode";
      case ADD_LEARNER_NODE -> "ConfChangeAddLearnerNode";
    };
  }

  private static String name(ConfChange.Transition transition) {
    return switch (transition) {
      case AUTO -> "ConfChangeTransitionAuto";
      case JOINT_IMPLICIT -> "ConfChangeTransitionJointImplicit";
      case JOINT_EXPLICIT -> "ConfChangeTransitionJointExplicit";
    };
  }

  private static String quote(Payload bytes) {
    StringBuilder text = new StringBuilder("\"");
    bytes.toUtf8().codePoints().forEach(each -> addQuoted(text, each));
    return text.append('"').toString();
  }

  private static void addQuoted(StringBuilder text, int each) {
    switch (each) {
      case '"', '\\' -> text.append('\\').appendCodePoint(each);
      case '\n' -> text.append("\\n");
      case '\r' -> text.append("\\r");
      case '\t' -> text.append("\\t");
      default -> {
        if (each < ' ' || each == 0x7f) {
          text.append("\\x%02x".formatted(each));
        } else {
          text.appendCodePoint(each);
        }
      }
    }
  }
}
