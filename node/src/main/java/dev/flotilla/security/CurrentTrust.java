package dev.flotilla.security;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Believes whom the authorities in use have signed, if their names are allowed. */
final class CurrentTrust extends X509ExtendedTrustManager {
  private final AllowedNames allowed;
  private volatile X509ExtendedTrustManager authorities;

  CurrentTrust(X509ExtendedTrustManager first, AllowedNames allowed) {
    this.authorities = first;
    this.allowed = allowed;
  }

  void replace(X509ExtendedTrustManager next) {
    authorities = next;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
      throws CertificateException {
    authorities.checkClientTrusted(chain, kind, engine);
    allowed.require(chain[0]);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
      throws CertificateException {
    authorities.checkServerTrusted(chain, kind, engine);
    allowed.require(chain[0]);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket)
      throws CertificateException {
    authorities.checkClientTrusted(chain, kind, socket);
    allowed.require(chain[0]);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket)
      throws CertificateException {
    authorities.checkServerTrusted(chain, kind, socket);
    allowed.require(chain[0]);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String kind) throws CertificateException {
    authorities.checkClientTrusted(chain, kind);
    allowed.require(chain[0]);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String kind) throws CertificateException {
    authorities.checkServerTrusted(chain, kind);
    allowed.require(chain[0]);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return authorities.getAcceptedIssuers();
  }
}
