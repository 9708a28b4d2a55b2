package dev.flotilla.security;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Believes whom the authorities in use have signed, if their names are allowed. */
final class CurrentTrust extends X509ExtendedTrustManager {
  private static final Logger LOG = LoggerFactory.getLogger(CurrentTrust.class);

  private static final int NAME_CHARS_MAX = 120;

  private final AllowedNames allowed;
  private final LogPace pace = new LogPace();
  private volatile X509ExtendedTrustManager authorities;

  CurrentTrust(X509ExtendedTrustManager first, AllowedNames allowed) {
    this.authorities = first;
    this.allowed = allowed;
  }

  void replace(X509ExtendedTrustManager next) {
    authorities = next;
  }

  X509ExtendedTrustManager authorities() {
    return authorities;
  }

  private interface Question {
    void ask(X509ExtendedTrustManager authorities) throws CertificateException;
  }

  private void check(X509Certificate[] chain, Question question) throws CertificateException {
    try {
      question.ask(authorities);
      allowed.require(chain[0]);
    } catch (CertificateException refused) {
      String line = refusal(chain[0], refused);
      if (pace.allows(line)) {
        LOG.warn("{}", line);
      }
      throw refused;
    }
  }

  /** Whose it claims to be and who signed it: what it takes to find it. */
  private static String refusal(X509Certificate certificate, CertificateException refused) {
    return "the certificate of "
        + shown(certificate.getSubjectX500Principal().toString())
        + ", signed by "
        + shown(certificate.getIssuerX500Principal().toString())
        + ", was not believed: "
        + shown(Credentials.rootMessage(refused));
  }

  /** Written by who is not believed: no lines of his own, and not as long as he likes. */
  private static String shown(String words) {
    String text = Sender.printable(words);
    return text.length() <= NAME_CHARS_MAX ? text : text.substring(0, NAME_CHARS_MAX) + "...";
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
      throws CertificateException {
    check(chain, trust -> trust.checkClientTrusted(chain, kind, engine));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
      throws CertificateException {
    check(chain, trust -> trust.checkServerTrusted(chain, kind, engine));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket)
      throws CertificateException {
    check(chain, trust -> trust.checkClientTrusted(chain, kind, socket));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket)
      throws CertificateException {
    check(chain, trust -> trust.checkServerTrusted(chain, kind, socket));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String kind) throws CertificateException {
    check(chain, trust -> trust.checkClientTrusted(chain, kind));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String kind) throws CertificateException {
    check(chain, trust -> trust.checkServerTrusted(chain, kind));
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return authorities.getAcceptedIssuers();
  }
}
