package dev.flotilla.security;

import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Who said something: this process, or whoever has shown a certificate with these names.
 *
 * @param self whether it was this process
 * @param names common name and DNS names of the certificate; empty when there was none
 */
public record Sender(boolean self, List<String> names) {
  /** This process. */
  public static final Sender SELF = new Sender(true, List.of());

  /** One of whom nothing is known. */
  public static final Sender NOBODY = new Sender(false, List.of());

  public Sender {
    names = List.copyOf(names);
  }

  /** One who has shown a certificate with {@code names}. */
  public static Sender named(Collection<String> names) {
    return new Sender(false, List.copyOf(names));
  }

  /** The other side of an encrypted connection; nobody if it has shown no certificate. */
  public static Sender of(SSLSession session) {
    try {
      Certificate[] chain = session.getPeerCertificates();
      return named(AllowedNames.namesOf((X509Certificate) chain[0]));
    } catch (SSLPeerUnverifiedException | CertificateException e) {
      return NOBODY;
    }
  }

  /** Whether this one may go by {@code name}. */
  boolean goesBy(String name) {
    return self || names.contains(name);
  }

  /** For logs: what a stranger put into his certificate stays on one line. */
  @Override
  public String toString() {
    return self ? "this node" : printable(names.toString());
  }

  /** A stranger's words without what would end a line or steer a terminal. */
  static String printable(String words) {
    return words.replaceAll("\\p{C}|\\R", "?");
  }
}
