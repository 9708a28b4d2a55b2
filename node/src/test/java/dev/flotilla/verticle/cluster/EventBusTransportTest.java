package dev.flotilla.verticle.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;

/** What an operator reads of a store that is not reached. */
class EventBusTransportTest {
  @Test
  void everyReasonIsInWords() {
    assertThat(EventBusTransport.reason(new ConnectException("Connection refused")))
        .isEqualTo("Connection refused");
    assertThat(EventBusTransport.reason(new ClosedChannelException()))
        .isEqualTo("the connection was closed");
    assertThat(EventBusTransport.reason(new IllegalStateException()))
        .isEqualTo("java.lang.IllegalStateException");
  }
}
