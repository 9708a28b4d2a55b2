package dev.flotilla.raftstore.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.engine.EngineException;
import dev.flotilla.raft.Entry;
import dev.flotilla.raft.EntryType;
import dev.flotilla.raft.Payload;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EntryCodecTest {
  static Stream<Entry> entries() {
    byte[] shared = "..command..".getBytes(StandardCharsets.UTF_8);
    return Stream.of(
        Entry.normal(6, 10, Payload.ofUtf8("command")),
        Entry.normal(6, 10, Payload.EMPTY),
        Entry.normal(6, 10, Payload.of(shared, 2, 7)),
        Entry.normal(Long.MAX_VALUE, Long.MAX_VALUE, Payload.of(new byte[] {0, -1})),
        new Entry(6, 10, EntryType.CONF_CHANGE, Payload.EMPTY, Payload.ofUtf8("context")),
        new Entry(6, 10, EntryType.CONF_CHANGE_V2, Payload.ofUtf8("c"), Payload.ofUtf8("x")));
  }

  @ParameterizedTest
  @MethodSource("entries")
  void comesBackAsItWas(Entry entry) {
    byte[] stored = EntryCodec.encode(entry);
    assertThat(EntryCodec.decode(stored)).isEqualTo(entry);
    assertThat(stored).hasSize(entry.encodedSize());
  }

  @Test
  void whatIsNoEntryIsAFaultOfTheEngine() {
    byte[] junk = "no entry at all".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> EntryCodec.decode(junk))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("cannot be read");
  }

  @Test
  void halfAnEntryIsAFaultOfTheEngine() {
    byte[] stored = EntryCodec.encode(Entry.normal(6, 10, Payload.ofUtf8("command")));
    byte[] half = Arrays.copyOf(stored, stored.length - 3);
    assertThatThrownBy(() -> EntryCodec.decode(half)).isInstanceOf(EngineException.class);
  }

  @Test
  void anEntryOfAnUnknownTypeIsDamage() {
    byte[] stored =
        dev.flotilla.proto.eraftpb.Entry.newBuilder().setEntryTypeValue(77).build().toByteArray();
    assertThatThrownBy(() -> EntryCodec.decode(stored)).isInstanceOf(EngineException.class);
  }
}
