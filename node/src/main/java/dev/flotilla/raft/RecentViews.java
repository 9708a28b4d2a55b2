package dev.flotilla.raft;

import org.jspecify.annotations.Nullable;

/**
 * The last two ranges of the log that were asked for. One range is asked for several times (to be
 * written, to be sent to each peer, to be applied when the next one is here already), and is then
 * handed out again instead of being read or wrapped anew.
 */
final class RecentViews {
  private @Nullable EntryList last;
  private @Nullable EntryList before;

  /** Returns entries {@code [low, high)} if they are kept; else null. */
  @Nullable EntryList find(long low, long high) {
    if (last != null && isRange(last, low, high)) {
      return last;
    }
    return before != null && isRange(before, low, high) ? before : null;
  }

  private static boolean isRange(EntryList view, long low, long high) {
    return view.size() == high - low && view.first().index() == low;
  }

  /** Keeps a range, in place of the one but last; it must not be empty. */
  void keep(EntryList view) {
    before = last;
    last = view;
  }

  /** Entries are replaced, or the group is idle and must not keep them alive. */
  void clear() {
    last = null;
    before = null;
  }
}
