package dev.flotilla.verticle.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.proto.raft_serverpb.RaftMessage;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameTest {
  private static final Frame.Credit CREDIT = new Frame.Credit(8, 9);

  private static RaftMessage message(long regionId) {
    return RaftMessage.newBuilder().setRegionId(regionId).build();
  }

  private static Buffer write(RaftMessage... messages) {
    int bytes = 0;
    for (RaftMessage message : messages) {
      bytes += message.getSerializedSize();
    }
    return Frame.write(1, 2, 3, 4, CREDIT, List.of(messages), bytes);
  }

  @Test
  void readsWhatWasWritten() throws IOException {
    assertThat(Frame.parse(write(message(5), message(6))))
        .isEqualTo(new Frame(1, 2, 3, 4, CREDIT, List.of(message(5), message(6))));
    assertThat(Frame.parse(write()).messages()).isEmpty();
  }

  @Test
  void refusesAFrameThatIsCutAnywhere() {
    Buffer whole = write(message(5));
    for (int length = 0; length < whole.length(); length++) {
      Buffer cut = whole.getBuffer(0, length);
      if (length == Frame.HEADER_BYTES) {
        // Exactly a frame without messages.
        continue;
      }
      assertThatThrownBy(() -> Frame.parse(cut)).isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 20})
  void refusesALengthThatCannotBe(int length) {
    Buffer frame = write(message(5)).setInt(Frame.HEADER_BYTES, length);
    assertThatThrownBy(() -> Frame.parse(frame)).isInstanceOf(IOException.class);
  }

  /** What comes from a wire is read or refused; nothing else may leave the parser. */
  @Test
  void anyBytesAreReadOrRefused() {
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      Buffer frame = write(message(5), message(1L << 40), message(7));
      for (int change = random.nextInt(4); change >= 0; change--) {
        frame.setByte(random.nextInt(frame.length()), (byte) random.nextInt());
      }
      try {
        Frame.parse(frame.getBuffer(0, random.nextInt(frame.length() + 1)));
      } catch (IOException e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(1_000, 19_999);
  }
}
