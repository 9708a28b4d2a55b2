package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Payloads, entries, lists of them, sets of ids, messages: values that only have to be right. */
class ValueTypesTest {
  @Test
  void payloadIsAView() {
    byte[] bytes = {1, 2, 3, 4, 5};
    Payload view = Payload.of(bytes, 1, 3);
    assertThat(view.array()).isSameAs(bytes);
    assertThat(view.offset()).isEqualTo(1);
    assertThat(view.length()).isEqualTo(3);
    assertThat(view.toByteArray()).containsExactly(2, 3, 4);
    assertThat(view.byteAt(0)).isEqualTo((byte) 2);
    assertThat(view.byteAt(2)).isEqualTo((byte) 4);
    assertThat(view.asReadOnlyBuffer().get(0)).isEqualTo((byte) 2);
    assertThat(view.asReadOnlyBuffer().remaining()).isEqualTo(3);
    assertThat(view).isEqualTo(Payload.of(new byte[] {2, 3, 4})).hasToString("3 bytes");
    assertThat(view).hasSameHashCodeAs(Payload.of(new byte[] {2, 3, 4}));
    assertThat(view.hashCode()).isEqualTo(31 * (31 * (31 + 2) + 3) + 4);
    assertThat(view).isNotEqualTo(Payload.of(new byte[] {2, 3}));
    assertThat(Payload.of(bytes, 5, 0)).isSameAs(Payload.EMPTY);
    assertThat(Payload.of(bytes, 0, 5).length()).isEqualTo(5);
    for (int[] range : new int[][] {{-1, 1}, {0, -1}, {0, 6}, {5, 1}}) {
      assertThatThrownBy(() -> Payload.of(bytes, range[0], range[1]))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    assertThatThrownBy(() -> view.byteAt(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> view.byteAt(-1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void entriesAreEqualWhenAllOfThemIs() {
    Payload data = Payload.ofUtf8("d");
    Entry entry = new Entry(1, 2, EntryType.NORMAL, data, data);
    assertThat(entry).isEqualTo(new Entry(1, 2, EntryType.NORMAL, data, data));
    assertThat(entry).hasSameHashCodeAs(new Entry(1, 2, EntryType.NORMAL, data, data));
    assertThat(entry.hashCode()).isEqualTo(2 * 31 + 1);
    assertThat(entry).hasToString("1/2 NORMAL 1 bytes");
    for (Entry other :
        List.of(
            new Entry(9, 2, EntryType.NORMAL, data, data),
            new Entry(1, 9, EntryType.NORMAL, data, data),
            new Entry(1, 2, EntryType.CONF_CHANGE, data, data),
            new Entry(1, 2, EntryType.NORMAL, Payload.EMPTY, data),
            new Entry(1, 2, EntryType.NORMAL, data, Payload.EMPTY))) {
      assertThat(entry).isNotEqualTo(other);
    }
    // Tag, length and bytes of data and of context; tag and value of the type.
    assertThat(new Entry(1, 2, EntryType.CONF_CHANGE, data, data).encodedSize())
        .isEqualTo(2 + 2 + 2 + 3 + 3);
    for (EntryType type : EntryType.values()) {
      assertThat(EntryType.ofNumber(type.number())).isEqualTo(type);
    }
    assertThat(EntryType.CONF_CHANGE_V2.number()).isEqualTo(2);
    for (int number : new int[] {-1, 3}) {
      assertThatThrownBy(() -> EntryType.ofNumber(number))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void listsOfEntriesAreViews() {
    EntryList all = Wire.entries(1, 1, 1, 2, 2);
    EntryList middle = all.slice(1, 3);
    assertThat(middle.asList()).containsExactly(Wire.entry(1, 2), Wire.entry(2, 3));
    assertThat(all.slice(0, 4)).isSameAs(all);
    assertThat(middle.slice(0, 2)).isSameAs(middle);
    assertThat(middle.slice(0, 1).last()).isEqualTo(Wire.entry(1, 2));
    assertThat(all.slice(2, 2)).isSameAs(EntryList.EMPTY);
    assertThat(middle.slice(1, 2).first()).isSameAs(all.get(2));
    assertThat(middle.get(1)).isSameAs(middle.last());
    for (int position : new int[] {-1, 2, 3}) {
      assertThatThrownBy(() -> middle.get(position)).isInstanceOf(IndexOutOfBoundsException.class);
    }
    for (int[] range : new int[][] {{-1, 1}, {2, 1}, {0, 3}}) {
      assertThatThrownBy(() -> middle.slice(range[0], range[1]))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    assertThat(middle).isEqualTo(Wire.entries(2, 1, 2)).isNotEqualTo(all);
    assertThat(middle).hasSameHashCodeAs(Wire.entries(2, 1, 2));
    assertThat(middle.hashCode()).isNotZero();
    assertThat(middle).hasToString("[1/2 NORMAL 1 bytes, 2/3 NORMAL 1 bytes]");
    assertThat(EntryList.copyOf(middle.asList())).isEqualTo(middle);
    assertThat(all.payloadSize()).isEqualTo(4);
    assertThat(middle.payloadSize()).isEqualTo(2);
    assertThat(middle.encodedSize()).isEqualTo(2L * Wire.entry(1, 1).encodedSize());
  }

  @Test
  void listsThatTouchAreJoinedWithoutACopy() {
    EntryList all = Wire.entries(1, 1, 1, 2, 2);
    EntryList joined = all.slice(0, 2).concat(all.slice(2, 4));
    assertThat(joined).isEqualTo(all);
    assertThat(joined.array()).isSameAs(all.array());
    EntryList other = Wire.entries(5, 3);
    assertThat(all.concat(other).asList()).hasSize(5).contains(Wire.entry(3, 5));
    assertThat(all.slice(0, 1).concat(all.slice(2, 3)).asList())
        .containsExactly(Wire.entry(1, 1), Wire.entry(2, 3));
    assertThat(all.concat(EntryList.EMPTY)).isSameAs(all);
    assertThat(EntryList.EMPTY.concat(all)).isSameAs(all);
  }

  @Test
  void buffersGrowAndAreHandedOver() {
    EntryBuffer buffer = new EntryBuffer(1);
    for (int i = 1; i <= 9; i++) {
      buffer.add(Wire.entry(1, i));
      assertThat(buffer.size()).isEqualTo(i);
      assertThat(buffer.isEmpty()).isFalse();
    }
    assertThat(buffer.get(8)).isEqualTo(Wire.entry(1, 9));
    assertThatThrownBy(() -> buffer.get(9)).isInstanceOf(IndexOutOfBoundsException.class);
    EntryList drained = buffer.drain();
    assertThat(drained.size()).isEqualTo(9);
    assertThat(buffer.isEmpty()).isTrue();
    buffer.reserve(3);
    buffer.add(Wire.entry(1, 1));
    buffer.reserve(9);
    assertThat(buffer.get(0)).isEqualTo(Wire.entry(1, 1));
    assertThat(drained.size()).isEqualTo(9);
  }

  @Test
  void setsOfIds() {
    IdSet ids = IdSet.of(3, 1, 2, 3);
    assertThat(ids).isEqualTo(IdSet.of(1, 2, 3)).hasToString("[1, 2, 3]");
    assertThat(ids).isNotEqualTo(IdSet.of(1, 2)).isNotEqualTo(IdSet.of(1, 2, 4));
    assertThat(ids).hasSameHashCodeAs(IdSet.of(1, 2, 3));
    assertThat(ids.hashCode()).isNotZero();
    assertThat(ids.with(2)).isSameAs(ids);
    assertThat(ids.with(0).toArray()).containsExactly(0, 1, 2, 3);
    assertThat(ids.without(9)).isSameAs(ids);
    assertThat(ids.without(2).toArray()).containsExactly(1, 3);
    assertThat(IdSet.of(7).without(7)).isSameAs(IdSet.EMPTY);
    assertThat(ids.union(IdSet.of(2, 5)).toArray()).containsExactly(1, 2, 3, 5);
    assertThat(ids.differenceSize(IdSet.of(2, 5))).isEqualTo(3);
  }

  @Test
  void messagesHaveWhatWasBuilt() {
    Message inner = Message.builder(MsgType.HEARTBEAT).build();
    Snapshot snapshot = Wire.snapshotAt(1, 1, 1);
    Message message =
        Message.builder(MsgType.APPEND_RESPONSE)
            .from(10)
            .to(11)
            .term(1)
            .logTerm(2)
            .index(3)
            .commit(4)
            .commitTerm(5)
            .vote(6)
            .priority(7)
            .reject(true)
            .rejectHint(8)
            .requestSnapshot(9)
            .entries(Wire.entries(1, 1))
            .snapshot(snapshot)
            .context(Payload.ofUtf8("c"))
            .responses(List.of(inner))
            .build();
    assertThat(message.type()).isEqualTo(MsgType.APPEND_RESPONSE);
    assertThat(
            List.of(
                message.from(),
                message.to(),
                message.term(),
                message.logTerm(),
                message.index(),
                message.commit(),
                message.commitTerm(),
                message.vote(),
                message.priority(),
                message.rejectHint(),
                message.requestSnapshot()))
        .containsExactly(10L, 11L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    assertThat(message.reject()).isTrue();
    assertThat(message.entries()).isEqualTo(Wire.entries(1, 1));
    assertThat(message.snapshot()).isSameAs(snapshot);
    assertThat(message.context()).isEqualTo(Payload.ofUtf8("c"));
    assertThat(message.responses()).containsExactly(inner);
    assertThat(message)
        .hasToString("10->11 MsgAppResp term=1 log=2/3 commit=4 rejected, hint=8 entries=1");
    assertThat(inner).hasToString("0->0 MsgHeartbeat term=0 log=0/0 commit=0 entries=0");
    // What no message needs costs nothing and reads as nothing.
    assertThat(inner.reject()).isFalse();
    assertThat(inner.rejectHint() + inner.vote() + inner.priority()).isZero();
    assertThat(inner.commitTerm() + inner.requestSnapshot()).isZero();
    assertThat(inner.snapshot()).isNull();
    assertThat(inner.context().isEmpty()).isTrue();
    assertThat(inner.responses()).isEmpty();
  }

  @Test
  void lowestSettings() {
    RaftConfig config =
        TestCluster.config(1)
            .messageBytesMax(0)
            .inflightMessagesMax(1)
            .uncommittedBytesMax(1)
            .pendingReadsMax(1)
            .build();
    // One entry a message, and one a page.
    assertThat(config.messageBytesMax()).isZero();
    assertThat(config.committedBytesMax()).isEqualTo(1);
    assertThat(TestCluster.config(1).committedBytesMax(1).build().committedBytesMax()).isOne();
    assertThatThrownBy(() -> TestCluster.config(1).messageBytesMax(-1).build())
        .hasMessage("message bytes must not be negative");
  }

  @Test
  void settingsAreReadBack() {
    RaftConfig config = TestCluster.config(1).confChangeValidation(false).build();
    assertThat(config.confChangeValidation()).isFalse();
    assertThat(config.snapshotRequests()).isFalse();
    assertThat(config.commitTracking()).isFalse();
    assertThat(TestCluster.config(1).inflightBytesMax(5).messageBytesMax(5).build())
        .extracting(RaftConfig::inflightBytesMax)
        .isEqualTo(5L);
  }
}
