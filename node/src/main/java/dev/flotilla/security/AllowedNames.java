package dev.flotilla.security;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * Names of which a certificate must have one, as its common name or as a DNS name.
 *
 * @param names empty for any
 */
record AllowedNames(Set<String> names) {
  /** The number of DNS names among the kinds of alternative names. */
  private static final int DNS_NAME = 2;

  AllowedNames {
    names = Set.copyOf(names);
  }

  /** Lets {@code certificate} pass or says why not. */
  void require(X509Certificate certificate) throws CertificateException {
    if (!names.isEmpty()) {
      Set<String> found = namesOf(certificate);
      if (found.stream().noneMatch(names::contains)) {
        throw new CertificateException("none of its names, " + found + ", is allowed");
      }
    }
  }

  /** Common name and DNS names. */
  static Set<String> namesOf(X509Certificate certificate) throws CertificateException {
    Set<String> found = new LinkedHashSet<>();
    try {
      for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        if (part.getType().equalsIgnoreCase("CN")) {
          found.add(part.getValue().toString());
        }
      }
    } catch (InvalidNameException e) {
      throw new CertificateException("its subject cannot be read", e);
    }
    Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
    if (alternatives != null) {
      for (List<?> alternative : alternatives) {
        if (alternative.get(0).equals(DNS_NAME)) {
          found.add(String.valueOf(alternative.get(1)));
        }
      }
    }
    return found;
  }
}
