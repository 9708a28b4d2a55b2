package dev.flotilla.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who this node is to others, and whom it believes. With the three files set, every port demands a
 * certificate; without them nothing is encrypted.
 *
 * @param caPath certificates of the authorities that are believed
 * @param certPath this node's certificate, and those between it and the authority
 * @param keyPath its private key
 * @param certAllowedCn names of which a certificate must have one; empty lets in any that an
 *     authority signed
 */
public record SecurityConfig(
    Optional<Path> caPath,
    Optional<Path> certPath,
    Optional<Path> keyPath,
    List<String> certAllowedCn) {

  /** The settings that Flotilla ships with. */
  public static SecurityConfig defaults() {
    return new SecurityConfig(Optional.empty(), Optional.empty(), Optional.empty(), List.of());
  }

  public SecurityConfig {
    certAllowedCn = List.copyOf(certAllowedCn);
    long files = Stream.of(caPath, certPath, keyPath).filter(Optional::isPresent).count();
    if (files > 0) {
      requireFile("ca-path", caPath);
      requireFile("cert-path", certPath);
      requireFile("key-path", keyPath);
    } else if (!certAllowedCn.isEmpty()) {
      throw new InvalidSetting(
          "cert-allowed-cn", "nobody shows a certificate without ca-path, cert-path and key-path");
    }
  }

  private static void requireFile(String key, Optional<Path> file) {
    if (file.isEmpty()) {
      throw new InvalidSetting(key, "must be set: ca-path, cert-path and key-path go together");
    }
  }

  /** Whether connections are encrypted and demand a certificate. */
  public boolean isOn() {
    return caPath.isPresent();
  }
}
