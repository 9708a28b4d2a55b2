package dev.flotilla.security;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManager;

/** An authority, and files with what it signed. */
public final class TestAuthority {
  /** All have this name: a stranger would give himself the name of the one that is believed. */
  private static final String NAME = "CN=Test authority, O=Flotilla";

  private final Path folder;
  private final X509Bundle self;

  private TestAuthority(Path folder, X509Bundle self) {
    this.folder = folder;
    this.self = self;
  }

  /** Makes a new authority, which writes to {@code folder}. */
  public static TestAuthority in(Path folder) throws Exception {
    X509Bundle self =
        valid(Duration.ofDays(1)).subject(NAME).setIsCertificateAuthority(true).buildSelfSigned();
    Files.createDirectories(folder);
    return new TestAuthority(folder, self);
  }

  private static CertificateBuilder valid(Duration ahead) {
    return new CertificateBuilder()
        .ecp256()
        .notBefore(Instant.now().minus(Duration.ofDays(30)))
        .notAfter(Instant.now().plus(ahead));
  }

  /**
   * Files of one holder.
   *
   * @param ca the authority
   * @param cert the certificate
   * @param key its key
   */
  public record Holder(Path ca, Path cert, Path key) {
    /** As a tool or node reads them. */
    public Credentials credentials(String... allowedNames) {
      return Credentials.read(ca, cert, key, List.of(allowedNames));
    }

    /** Key and certificate alone, for one who does not care whom he talks to. */
    public KeyManager[] keys() throws Exception {
      return new PemKeyCertOptions()
          .addCertValue(Buffer.buffer(Files.readAllBytes(cert)))
          .addKeyValue(Buffer.buffer(Files.readAllBytes(key)))
          .getKeyManagerFactory(null)
          .getKeyManagers();
    }

    /** As {@code --set} of {@code flotilla start}. */
    public List<String> startOptions() {
      return List.of(
          "--set",
          "security.ca-path=" + ca,
          "--set",
          "security.cert-path=" + cert,
          "--set",
          "security.key-path=" + key);
    }

    /** As options of tools. */
    public List<String> toolOptions() {
      return List.of("--cacert", ca.toString(), "--cert", cert.toString(), "--key", key.toString());
    }

    /** Replaces the files by those of {@code other}, the key last. */
    public void become(Holder other) throws IOException {
      replace(other.ca, ca);
      replace(other.cert, cert);
      replace(other.key, key);
    }

    private static void replace(Path from, Path to) throws IOException {
      Path beside = Files.copy(from, to.resolveSibling(to.getFileName() + ".new"));
      Files.move(beside, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Signs a certificate for {@code name} on this machine. */
  public Holder sign(String name) throws Exception {
    return sign(name, Duration.ofDays(1), builder -> builder);
  }

  /**
   * Signs a certificate.
   *
   * @param valid from now on; may be in the past
   * @param more what else is to be in it
   */
  public Holder sign(String name, Duration valid, UnaryOperator<CertificateBuilder> more)
      throws Exception {
    CertificateBuilder builder =
        valid(valid)
            .subject("CN=" + name + ", O=Flotilla")
            .addSanIpAddress("127.0.0.1")
            .addSanDnsName("localhost");
    X509Bundle signed = more.apply(builder).buildIssuedBy(self);
    Path own = Files.createTempDirectory(folder, name);
    return new Holder(
        Files.writeString(own.resolve("ca.pem"), self.getCertificatePEM()),
        Files.writeString(own.resolve("cert.pem"), signed.getCertificatePathPEM()),
        Files.writeString(own.resolve("key.pem"), signed.getPrivateKeyPEM()));
  }
}
