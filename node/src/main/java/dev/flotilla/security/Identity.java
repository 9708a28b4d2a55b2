package dev.flotilla.security;

import dev.flotilla.security.PemFiles.PemFile;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What the files held at one moment, found to be of use.
 *
 * @param keys own key and certificate
 * @param alias name of these in {@code keys}
 * @param trust whom to believe
 */
record Identity(X509ExtendedKeyManager keys, String alias, X509ExtendedTrustManager trust) {
  private static final byte[] PROBE = {1};

  /**
   * Reads the files.
   *
   * @throws CredentialsException when others would not believe this process, or it nobody
   */
  static Identity read(PemFiles files, AllowedNames allowed) {
    Buffer ca = content(files.ca());
    Buffer cert = content(files.cert());
    Buffer key = content(files.key());
    X509ExtendedTrustManager trust = made("cannot use " + files.ca(), () -> trust(ca));
    X509ExtendedKeyManager keys =
        made("cannot use " + files.cert() + " with " + files.key(), () -> keys(cert, key));
    Identity read = made("cannot use " + files.key(), () -> new Identity(keys, alias(keys), trust));
    made(files.key() + " is not the key of " + files.cert(), () -> read.requireMatch());
    made(
        "nobody who goes by " + files.ca() + " believes " + files.cert(),
        () -> read.requireBelieved(allowed));
    return read;
  }

  private static Buffer content(PemFile file) {
    try {
      return Buffer.buffer(Files.readAllBytes(file.path()));
    } catch (IOException e) {
      throw new CredentialsException("cannot read " + file + ": " + e, e);
    }
  }

  private static X509ExtendedTrustManager trust(Buffer ca)
      throws GeneralSecurityException, IOException {
    KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
    authorities.load(null, null);
    for (Certificate authority :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(ca.getBytes()))) {
      authorities.setCertificateEntry("ca-" + authorities.size(), authority);
    }
    if (authorities.size() == 0) {
      throw new GeneralSecurityException("there is no certificate in it");
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(authorities);
    return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
  }

  private static X509ExtendedKeyManager keys(Buffer cert, Buffer key) throws Exception {
    PemKeyCertOptions options = new PemKeyCertOptions().addCertValue(cert).addKeyValue(key);
    // Only paths would have to be looked up by a Vert.x, which does not run yet.
    return (X509ExtendedKeyManager) options.getKeyManagerFactory(null).getKeyManagers()[0];
  }

  private static <T> T made(String otherwise, Callable<T> way) {
    try {
      return way.call();
    } catch (Exception e) { // whatever the libraries throw, which declare no less
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw new CredentialsException(otherwise + ": " + cause.getMessage(), e);
    }
  }

  /** The only entry, whatever its kind. */
  private static String alias(X509ExtendedKeyManager keys) throws GeneralSecurityException {
    return Stream.of("RSA", "EC")
        .<String @Nullable []>map(kind -> keys.getServerAliases(kind, null))
        .filter(Objects::nonNull)
        .map(aliases -> aliases[0])
        .findFirst()
        .orElseThrow(() -> new GeneralSecurityException("the key is neither RSA nor EC"));
  }

  X509Certificate[] chain() {
    return keys.getCertificateChain(alias);
  }

  X509Certificate certificate() {
    return chain()[0];
  }

  /** The libraries take any pair; every handshake with the wrong one would fail. */
  private boolean requireMatch() throws GeneralSecurityException {
    PrivateKey key = keys.getPrivateKey(alias);
    Signature signature =
        Signature.getInstance(
            key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA");
    signature.initSign(key);
    signature.update(PROBE);
    byte[] signed = signature.sign();
    signature.initVerify(certificate());
    signature.update(PROBE);
    if (!signature.verify(signed)) {
      throw new GeneralSecurityException("they do not match");
    }
    return true;
  }

  /** The others go by the same authorities and names: whom we would refuse they refuse. */
  private boolean requireBelieved(AllowedNames allowed) throws GeneralSecurityException {
    trust.checkClientTrusted(chain(), certificate().getPublicKey().getAlgorithm());
    allowed.require(certificate());
    return true;
  }
}
