package dev.flotilla.raft;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.raft.DataDriven.Arg;
import dev.flotilla.raft.DataDriven.Directive;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Commands that ask for the outcome of quorums. */
final class QuorumCommands {
  private static final String UNKNOWN = "_";

  String handle(Directive d) {
    List<Long> one = new ArrayList<>();
    List<Long> other = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (Arg arg : d.args()) {
      switch (arg.key()) {
        case "cfg" -> arg.values().forEach(id -> one.add(Long.parseLong(id)));
        case "cfgj" -> {
          if (!arg.values().equals(List.of("zero"))) {
            arg.values().forEach(id -> other.add(Long.parseLong(id)));
          }
        }
        case "idx", "votes" -> values.addAll(arg.values());
        default -> throw new IllegalArgumentException("unknown argument " + arg.key());
      }
    }
    List<Long> voters = new ArrayList<>(one);
    other.stream().filter(id -> !voters.contains(id)).forEach(voters::add);
    List<Long> distinct = voters.stream().distinct().toList();
    if (values.size() != distinct.size()) {
      return mismatch(distinct, values);
    }
    Map<Long, String> known = new TreeMap<>();
    for (int i = 0; i < values.size(); i++) {
      known.put(distinct.get(i), values.get(i));
    }
    return switch (d.command()) {
      case "vote" -> voteText(Quorum.joint(vote(one, known), vote(other, known)));
      case "committed" -> committed(one, other, known);
      default -> throw new IllegalArgumentException("unknown command " + d.command());
    };
  }

  /** Names voters as a Go map and values by their numbers there. */
  private static String mismatch(List<Long> voters, List<String> values) {
    return "error: mismatched input (explicit or _) for voters map["
        + voters.stream().sorted().map(id -> id + ":{}").collect(joining(" "))
        + "]: ["
        + values.stream().map(QuorumCommands::number).collect(joining(" "))
        + "]";
  }

  private static String number(String value) {
    return switch (value) {
      case UNKNOWN -> "0";
      case "n" -> "1";
      case "y" -> "2";
      default -> value;
    };
  }

  private static VoteResult vote(List<Long> voters, Map<Long, String> votes) {
    List<String> cast = voters.stream().distinct().map(votes::get).toList();
    int granted = (int) cast.stream().filter("y"::equals).count();
    int refused = (int) cast.stream().filter("n"::equals).count();
    assertThat(granted + refused + cast.stream().filter(UNKNOWN::equals).count())
        .isEqualTo(cast.size());
    return Quorum.vote(cast.size(), granted, refused);
  }

  private static String voteText(VoteResult result) {
    return switch (result) {
      case PENDING -> "VotePending";
      case LOST -> "VoteLost";
      case WON -> "VoteWon";
    };
  }

  private static String committed(List<Long> one, List<Long> other, Map<Long, String> values) {
    Map<Long, Long> acked = new TreeMap<>();
    values.forEach(
        (id, value) -> {
          if (!value.equals(UNKNOWN)) {
            long index = Long.parseLong(value);
            assertThat(index).as("index of " + id).isPositive();
            acked.put(id, index);
          }
        });
    long index = Math.min(index(one, acked), index(other, acked));
    crossCheck(one, other, acked, index);
    String number = index == Quorum.UNBOUNDED ? "\u221e" : Long.toString(index);
    return chart(List.copyOf(values.keySet()), acked) + number;
  }

  private static long index(List<Long> voters, Map<Long, Long> acked) {
    long[] indexes =
        voters.stream().distinct().mapToLong(id -> acked.getOrDefault(id, 0L)).toArray();
    return Quorum.committed(indexes, indexes.length);
  }

  private static void crossCheck(
      List<Long> one, List<Long> other, Map<Long, Long> acked, long index) {
    assertThat(Math.min(bruteForce(one, acked), bruteForce(other, acked)))
        .as("alternative computation")
        .isEqualTo(index);
    assertThat(Math.min(index(other, acked), index(one, acked))).as("symmetry").isEqualTo(index);
    if (other.isEmpty()) {
      assertThat(Math.min(index(one, acked), index(List.of(), acked)))
          .as("zero-joint quorum")
          .isEqualTo(index);
      assertThat(Math.min(index(one, acked), index(one, acked)))
          .as("self-joint quorum")
          .isEqualTo(index);
    }
    for (Map.Entry<Long, Long> each : acked.entrySet()) {
      if (each.getValue() < index) {
        // Who is below the result already cannot lower it.
        for (long lower : new long[] {each.getValue() - 1, 0}) {
          Map<Long, Long> lowered = new TreeMap<>(acked);
          lowered.put(each.getKey(), lower);
          assertThat(Math.min(index(one, lowered), index(other, lowered)))
              .as("overlaying " + each.getKey() + "->" + lower)
              .isEqualTo(index);
        }
      }
    }
  }

  /** The highest index that more than half of the voters reach, by trying all. */
  private static long bruteForce(List<Long> voters, Map<Long, Long> acked) {
    List<Long> distinct = voters.stream().distinct().toList();
    if (distinct.isEmpty()) {
      return Quorum.UNBOUNDED;
    }
    long best = 0;
    for (long candidate : acked.values()) {
      long reached =
          distinct.stream().filter(id -> acked.getOrDefault(id, 0L) >= candidate).count();
      best = reached > distinct.size() / 2 ? Math.max(best, candidate) : best;
    }
    return best;
  }

  private static String chart(List<Long> voters, Map<Long, Long> acked) {
    int n = voters.size();
    if (n == 0) {
      return "<empty majority quorum>";
    }
    List<Long> byIndex = new ArrayList<>(voters);
    byIndex.sort(
        Comparator.<Long>comparingLong(id -> acked.getOrDefault(id, 0L))
            .thenComparing(Comparator.naturalOrder()));
    Map<Long, Integer> bars = new TreeMap<>();
    int bar = 0;
    long previous = acked.getOrDefault(byIndex.get(0), 0L);
    for (int i = 0; i < n; i++) {
      long index = acked.getOrDefault(byIndex.get(i), 0L);
      bar = index > previous ? i : bar;
      bars.put(byIndex.get(i), bar);
      previous = index;
    }
    StringBuilder text = new StringBuilder(" ".repeat(n)).append("    idx\n");
    for (long id : voters) {
      int length = bars.getOrDefault(id, 0);
      text.append(
          acked.containsKey(id)
              ? "x".repeat(length) + ">" + " ".repeat(n - length)
              : "?" + " ".repeat(n));
      text.append(" %5d    (id=%x)\n".formatted(acked.getOrDefault(id, 0L), id));
    }
    return text.toString();
  }
}
