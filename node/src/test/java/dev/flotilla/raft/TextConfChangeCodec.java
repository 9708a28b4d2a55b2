package dev.flotilla.raft;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Conf changes as {@code TRANSITION|v1 l2 r3 u4|context}; tests need no other wire form. */
final class TextConfChangeCodec implements ConfChangeCodec {
  @Override
  public Payload encode(ConfChange change) {
    return Payload.ofUtf8(
        change.transition() + "|" + text(change.changes()) + "|" + change.context().toUtf8());
  }

  @Override
  public ConfChange decode(EntryType type, Payload data) {
    if (data.isEmpty()) {
      return type == EntryType.CONF_CHANGE
          ? new ConfChange.V1(ConfChange.Type.ADD_NODE, 0, Payload.EMPTY)
          : ConfChange.V2.LEAVE_JOINT;
    }
    String[] parts = data.toUtf8().split("\\|", 3);
    List<ConfChange.Single> changes = parse(parts[1]);
    Payload context = Payload.ofUtf8(parts[2]);
    if (type == EntryType.CONF_CHANGE) {
      return new ConfChange.V1(changes.get(0).type(), changes.get(0).nodeId(), context);
    }
    return new ConfChange.V2(
        ConfChange.Transition.valueOf(parts[0].toUpperCase(Locale.ROOT)), changes, context);
  }

  /** Returns changes as {@code v1 l2 r3 u4}. */
  static String text(List<ConfChange.Single> changes) {
    StringBuilder text = new StringBuilder();
    for (ConfChange.Single each : changes) {
      text.append(text.isEmpty() ? "" : " ");
      text.append(letter(each.type())).append(Long.toUnsignedString(each.nodeId()));
    }
    return text.toString();
  }

  /**
   * Parses {@code v1 l2 r3 u4}.
   *
   * @throws CommandError if a token is not of that form
   */
  static List<ConfChange.Single> parse(String text) {
    List<ConfChange.Single> changes = new ArrayList<>();
    if (text.isEmpty()) {
      return changes;
    }
    for (String token : text.split(" ", -1)) {
      if (token.length() < 2) {
        throw new CommandError("unknown token " + token);
      }
      ConfChange.Type type =
          switch (token.charAt(0)) {
            case 'v' -> ConfChange.Type.ADD_NODE;
            case 'r' -> ConfChange.Type.REMOVE_NODE;
            case 'u' -> ConfChange.Type.UPDATE_NODE;
            case 'l' -> ConfChange.Type.ADD_LEARNER_NODE;
            default -> throw new CommandError("unknown input: " + token);
          };
      changes.add(new ConfChange.Single(type, parseId(token.substring(1))));
    }
    return changes;
  }

  /** Parses a peer id; the errors are those of Go, which the files expect. */
  private static long parseId(String digits) {
    if (!digits.matches("[0-9]+")) {
      throw new CommandError("strconv.ParseUint: parsing " + quoted(digits) + ": invalid syntax");
    }
    BigInteger id = new BigInteger(digits);
    if (id.bitLength() > Long.SIZE) {
      throw new CommandError(
          "strconv.ParseUint: parsing " + quoted(digits) + ": value out of range");
    }
    return id.longValue();
  }

  private static String quoted(String text) {
    return RaftText.quote(Payload.ofUtf8(text));
  }

  private static char letter(ConfChange.Type type) {
    return switch (type) {
      case ADD_NODE -> 'v';
      case REMOVE_NODE -> 'r';
      case UPDATE_NODE -> 'u';
      case ADD_LEARNER_NODE -> 'l';
    };
  }
}
