package dev.flotilla.security;

import dev.flotilla.config.NodeName;
import dev.flotilla.config.SecurityConfig;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.TCPSSLOptions;
import io.vertx.core.net.TrustOptions;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this process shows to others and whom it believes, for all of its connections: files in PEM,
 * read again when they change. Connections that are open already stay. Thread-safe.
 */
public final class Credentials {
  private static final Logger LOG = LoggerFactory.getLogger(Credentials.class);
  private static final long CHECK_MILLIS = 1_000;

  /** Everything we talk to knows it; older ones have no advantage. */
  private static final Set<String> PROTOCOLS = Set.of("TLSv1.3");

  private final PemFiles files;
  private final AllowedNames allowed;
  private final CurrentKeys keys;
  private final CurrentTrust trust;

  private volatile String ownName = "";

  /** Where others call this process and believe its certificate. */
  private Set<String> hosts = Set.of();

  /** Of the files as they were when they were last looked at, used or not. */
  private List<PemFiles.Stamp> seen;

  private Credentials(PemFiles files, AllowedNames allowed) {
    this.files = files;
    this.allowed = allowed;
    // Before the content: what is written meanwhile is noticed at the next look.
    this.seen = files.stamps();
    Identity first = Identity.read(files, allowed);
    this.keys = new CurrentKeys(first);
    this.trust = new CurrentTrust(first.trust(), allowed);
  }

  /**
   * Reads the files, for a tool.
   *
   * @param ca certificates of the authorities to believe
   * @param cert the certificate to show, and those between it and an authority
   * @param key its private key
   * @param allowedNames names of which others must have one; empty for any
   * @throws CredentialsException when they are of no use
   */
  public static Credentials read(Path ca, Path cert, Path key, Collection<String> allowedNames) {
    return new Credentials(
        PemFiles.ofOptions(ca, cert, key), new AllowedNames(Set.copyOf(allowedNames)));
  }

  /**
   * Reads the files that {@code config} names, if it names any, for a node.
   *
   * @param name of the node, which must be in its certificates; without one it is their first name
   * @throws CredentialsException when they are of no use
   */
  public static Optional<Credentials> of(SecurityConfig config, Optional<String> name) {
    if (!config.isOn()) {
      return Optional.empty();
    }
    PemFiles files =
        PemFiles.ofSettings(
            config.caPath().orElseThrow(),
            config.certPath().orElseThrow(),
            config.keyPath().orElseThrow());
    Credentials read = new Credentials(files, new AllowedNames(Set.copyOf(config.certAllowedCn())));
    read.name(name);
    return Optional.of(read);
  }

  private synchronized void name(Optional<String> name) {
    try {
      ownName =
          name.or(() -> namesOf(keys.certificate()).stream().filter(NodeName::isValid).findFirst())
              .orElseThrow(() -> new CertificateException("it has no name"));
      requireOwnName(keys.certificate());
    } catch (CertificateException e) {
      throw new CredentialsException("cannot use " + files.cert() + ": " + e.getMessage(), e);
    }
  }

  private static Set<String> namesOf(X509Certificate certificate) {
    try {
      return AllowedNames.namesOf(certificate);
    } catch (CertificateException e) {
      return Set.of();
    }
  }

  /** Others let only this name speak for this node's store. */
  private void requireOwnName(X509Certificate certificate) throws CertificateException {
    if (!ownName.isEmpty() && !AllowedNames.namesOf(certificate).contains(ownName)) {
      throw new CertificateException(
          "this node is " + ownName + ", and that is not among " + namesOf(certificate));
    }
  }

  /**
   * Others call this process at {@code called}: a certificate that is not for those of these hosts
   * that the present one is for is of no use from now on. Makes a handshake for each: not on an
   * event loop.
   */
  public synchronized void keepFor(Collection<String> called) {
    hosts =
        called.stream()
            .filter(host -> objection(host).isEmpty())
            .collect(Collectors.toUnmodifiableSet());
  }

  private void requireOwnHosts(Identity next) throws CertificateException {
    SSLContext rehearsed = context(new CurrentKeys(next), next.trust());
    for (String host : hosts) {
      try {
        Rehearsal.of(rehearsed, host);
      } catch (SSLException e) {
        throw new CertificateException(
            "others would not believe "
                + files.cert()
                + " when they call this node at "
                + host
                + ": "
                + rootMessage(e),
            e);
      }
    }
  }

  /** The name of this node, which is in its certificates; empty for a tool. */
  public String name() {
    return ownName;
  }

  /** Looks for replaced files from now on, for as long as {@code vertx} runs. */
  public void watch(Vertx vertx) {
    vertx.setPeriodic(
        CHECK_MILLIS,
        id ->
            vertx.executeBlocking(
                () -> {
                  refresh();
                  return true;
                }));
  }

  /** Takes in files that were replaced; those that are of no use leave everything as it was. */
  synchronized void refresh() {
    List<PemFiles.Stamp> now = files.stamps();
    if (now.equals(seen)) {
      return;
    }
    seen = now;
    try {
      Identity read = Identity.read(files, allowed);
      requireOwnName(read.certificate());
      requireOwnHosts(read);
      trust.replace(read.trust());
      keys.replace(read);
      LOG.info("new certificates are in use: {}", this);
    } catch (CredentialsException | CertificateException e) {
      LOG.error("changed certificates are not used, {} stays: {}", this, e.getMessage());
    }
  }

  /** Makes a port encrypt, and lets in only those who show a certificate that is believed. */
  public void protect(NetServerOptions options) {
    protect((TCPSSLOptions) options);
    options.setClientAuth(ClientAuth.REQUIRED);
  }

  /** Makes a client encrypt, show our certificate and check the server's, its host included. */
  public void protect(HttpClientOptions options) {
    protect((TCPSSLOptions) options);
    options.setTrustAll(false).setVerifyHost(true);
  }

  private void protect(TCPSSLOptions options) {
    options
        .setSsl(true)
        .setUseAlpn(true)
        .setEnabledSecureTransportProtocols(PROTOCOLS)
        .setKeyCertOptions(KeyCertOptions.wrap(keys))
        .setTrustOptions(TrustOptions.wrap(trust));
  }

  /** The file with our private key. */
  public Path keyFile() {
    return files.key().path();
  }

  /** The file with our certificate. */
  public Path certificateFile() {
    return files.cert().path();
  }

  /** For a client without HTTP; the server's certificate must be for the host that was called. */
  public ClientSSLOptions clientOptions() {
    ClientSSLOptions options =
        new ClientSSLOptions().setTrustAll(false).setHostnameVerificationAlgorithm("HTTPS");
    options
        .setEnabledSecureTransportProtocols(PROTOCOLS)
        .setKeyCertOptions(KeyCertOptions.wrap(keys))
        .setTrustOptions(TrustOptions.wrap(trust));
    return options;
  }

  /** Until when our certificate is valid. */
  public Instant expiry() {
    return keys.certificate().getNotAfter().toInstant();
  }

  /** Our certificate, in PEM, without those above it. */
  public String certificate() {
    try {
      return "-----BEGIN CERTIFICATE-----\n"
          + Base64.getMimeEncoder().encodeToString(keys.certificate().getEncoded())
          + "\n-----END CERTIFICATE-----\n";
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("it was decoded", e);
    }
  }

  /**
   * Why others, who believe whom we believe, would not talk to this process when they call it at
   * {@code host}; empty when they would.
   */
  public Optional<String> objection(String host) {
    try {
      Rehearsal.of(context(keys, trust.authorities()), host);
      return Optional.empty();
    } catch (SSLException e) {
      return Optional.of(rootMessage(e));
    }
  }

  /** What it all began with, which says more than that a handshake failed. */
  static String rootMessage(Throwable refused) {
    Throwable cause = refused;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  /** For clients of the JDK. */
  public SSLContext context() {
    return context(keys, trust);
  }

  private static SSLContext context(KeyManager shown, TrustManager believed) {
    try {
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(new KeyManager[] {shown}, new TrustManager[] {believed}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK knows TLS 1.3", e);
    }
  }

  /** Names in our own certificate, and until when it is valid. */
  @Override
  public String toString() {
    try {
      return String.join(", ", AllowedNames.namesOf(keys.certificate())) + " until " + expiry();
    } catch (CertificateException e) {
      return "a certificate with unreadable names";
    }
  }
}
