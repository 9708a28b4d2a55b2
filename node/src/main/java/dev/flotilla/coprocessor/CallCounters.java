package dev.flotilla.coprocessor;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What one coprocessor's calls came to. Counted by several threads; kept when chains change. */
final class CallCounters {
  final LongAdder calls = new LongAdder();
  final LongAdder rejections = new LongAdder();
  final LongAdder alterations = new LongAdder();

  /** Exact, so that each failure knows its number; failures are rare enough for it. */
  final AtomicLong failures = new AtomicLong();

  /** What went wrong last; empty when nothing has. */
  volatile String lastFailure = "";
}
