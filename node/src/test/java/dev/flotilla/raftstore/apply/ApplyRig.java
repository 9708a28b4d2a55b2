package dev.flotilla.raftstore.apply;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.KeyRange;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.ValueCodec;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_serverpb.RaftApplyState;
import dev.flotilla.raft.Entry;
import dev.flotilla.raftstore.AnswerBurst;
import dev.flotilla.raftstore.RaftCommands;
import dev.flotilla.raftstore.RecordingCallback;
import dev.flotilla.raftstore.wire.RegionStates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One apply worker over an engine in memory, with one region registered at index 5, term 5. */
final class ApplyRig {
  static final long TERM = 6;

  final SimEngine engine = SimEngine.kv();
  final List<ApplyResult> results = new ArrayList<>();

  /** Whether the store loop has ended, and takes no outcomes any more. */
  boolean storeEnded;

  final ApplyRunner runner;
  private long lastIndex = RegionStates.INITIAL_INDEX;

  ApplyRig() {
    this(CoprocessorHost.withBuiltIns());
  }

  /** With observers. */
  ApplyRig(CoprocessorHost coprocessors) {
    runner =
        new ApplyRunner(
            engine, coprocessors, AnswerBurst.NONE, result -> results.add(result) && !storeEnded);
    register(RaftCommands.REGION, RegionStates.initialApplyState());
  }

  void register(Region region, RaftApplyState state) {
    runner.run(
        List.of(
            new ApplyTask.Registration(
                RaftCommands.PEER_ID, TERM, state, state.getCommitTerm(), region)));
  }

  /** A command that this store has proposed, with who waits for it. */
  record Pending(Entry entry, RecordingCallback callback) {}

  /** Logs the next entry of {@link #TERM}, proposed here. */
  Pending next(RaftCmdRequest command) {
    return new Pending(RaftCommands.entry(TERM, ++lastIndex, command), new RecordingCallback());
  }

  /** Applies all in one task and returns their callbacks. */
  List<RecordingCallback> apply(RaftCmdRequest... commands) {
    List<Pending> pending = new ArrayList<>();
    for (RaftCmdRequest command : commands) {
      pending.add(next(command));
    }
    apply(pending);
    return pending.stream().map(Pending::callback).toList();
  }

  void apply(List<Pending> pending) {
    runner.run(
        List.of(
            proposals(
                pending.stream()
                    .map(p -> new Proposal(p.entry().index(), p.entry().term(), p.callback()))
                    .toList()),
            entries(pending.stream().map(Pending::entry).toList())));
  }

  /** Applies one command. */
  RecordingCallback applyOne(RaftCmdRequest command) {
    return apply(command).get(0);
  }

  static ApplyTask proposals(List<Proposal> proposals) {
    return new ApplyTask.Proposals(RaftCommands.REGION_ID, RaftCommands.PEER_ID, proposals);
  }

  static ApplyTask entries(List<Entry> entries) {
    return new ApplyTask.Entries(RaftCommands.REGION_ID, TERM, entries, false, false);
  }

  ApplyResult.Applied lastResult() {
    return (ApplyResult.Applied) results.get(results.size() - 1);
  }

  /** Logical value of a key, expired or not; null when there is none. */
  @Nullable String value(String key) {
    byte[] stored = stored(key);
    return stored == null ? null : ByteString.copyFrom(ValueCodec.value(stored)).toStringUtf8();
  }

  byte @Nullable [] stored(String key) {
    return engine.get(Cf.DEFAULT, Keys.dataKey(RaftCommands.text(key).toByteArray()));
  }

  /** User keys there are, in order. */
  List<String> keys() {
    List<String> keys = new ArrayList<>();
    try (EngineIterator iterator = engine.iterator(Cf.DEFAULT, Keys.dataRange())) {
      for (boolean more = iterator.seekToFirst(); more; more = iterator.next()) {
        keys.add(ByteString.copyFrom(Keys.originKey(iterator.key())).toStringUtf8());
      }
    }
    return keys;
  }

  /** Everything in the engine, states included, to compare byte by byte. */
  Map<String, ByteString> content() {
    Map<String, ByteString> content = new TreeMap<>();
    for (Cf cf : Cf.values()) {
      try (EngineIterator iterator = engine.iterator(cf, KeyRange.ALL)) {
        for (boolean more = iterator.seekToFirst(); more; more = iterator.next()) {
          content.put(
              cf + "/" + ByteString.copyFrom(iterator.key()).toStringUtf8(),
              ByteString.copyFrom(iterator.value()));
        }
      }
    }
    return content;
  }
}
