package dev.flotilla.coprocessor;

import java.util.concurrent.atomic.LongAdder;

/** What one coprocessor's calls came to. Counted by several threads; kept when chains change. */
final class CallCounters {
  final LongAdder calls = new LongAdder();
  final LongAdder rejections = new LongAdder();
  final LongAdder failures = new LongAdder();
  final LongAdder alterations = new LongAdder();
}
