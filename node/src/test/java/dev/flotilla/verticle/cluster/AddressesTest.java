package dev.flotilla.verticle.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.config.HostPort;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An address on the bus says which nodes it means. */
class AddressesTest {
  @Test
  void everyAddressTellsItsNodes() {
    assertThat(Addresses.destination(Addresses.raft(7))).isEqualTo(new Addresses.OfStore(7));
    assertThat(Addresses.destination(Addresses.placement(7))).isEqualTo(new Addresses.OfStore(7));
    for (String text : new String[] {"10.0.0.1:20170", "n1.example:1", "[::1]:20170"}) {
      HostPort address = HostPort.parse(text);
      assertThat(Addresses.destination(Addresses.node(address)))
          .isEqualTo(new Addresses.OfNode(address));
    }
    assertThat(Addresses.destination(Addresses.DRIVER)).isEqualTo(Addresses.Reach.ALL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "store", "f.", "f.x", "f.at.", "f.at.nowhere", "f.1.other", "f..pd"})
  void otherAddressesAreTheNodesOwn(String address) {
    assertThat(Addresses.destination(address)).isEqualTo(Addresses.Reach.SELF);
  }
}
