package dev.flotilla.client;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatusPagesTest {
  /** Java's own failure says "null". */
  @Test
  void saysWhereNobodyAnswers() throws IOException {
    String address;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      address = "127.0.0.1:" + gone.getLocalPort();
    }
    StatusPages pages = new StatusPages(Optional.empty());
    assertThatThrownBy(() -> pages.read(address, "/coprocessors"))
        .isInstanceOf(IOException.class)
        .hasMessage("nobody answers on " + address);
  }
}
