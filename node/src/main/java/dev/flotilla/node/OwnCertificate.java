package dev.flotilla.node;

import dev.flotilla.config.HostPort;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.security.Credentials;
import java.util.List;
import java.util.Optional;

/** Whether what this node shows is for the addresses at which others call it. */
final class OwnCertificate {
  private OwnCertificate() {}

  /**
   * Why other nodes would not talk to this one at an address of its own; empty when they would.
   * They answer by calling it, so that it would wait for their answers in vain.
   *
   * @param self this node's store as others are to know it
   */
  static Optional<String> objection(Optional<Credentials> credentials, Store self) {
    return credentials.flatMap(
        shown ->
            objection(shown, "cluster", self.getPeerAddress())
                .or(() -> objection(shown, "server", self.getAddress())));
  }

  private static Optional<String> objection(Credentials shown, String section, String address) {
    return shown
        .objection(HostPort.parse(address).host())
        .map(
            reason ->
                "other nodes would not believe "
                    + shown.certificateFile()
                    + " when they call this one at "
                    + address
                    + ", which is its "
                    + section
                    + ".advertise-addr or "
                    + section
                    + ".addr: "
                    + reason);
  }

  /** From now on no certificate is taken that is for fewer of the node's addresses. */
  static void keep(Optional<Credentials> credentials, Store self) {
    credentials.ifPresent(
        shown ->
            shown.keepFor(
                List.of(
                    HostPort.parse(self.getPeerAddress()).host(),
                    HostPort.parse(self.getAddress()).host())));
  }
}
