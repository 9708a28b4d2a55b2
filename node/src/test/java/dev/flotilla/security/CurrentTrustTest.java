package dev.flotilla.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.flotilla.security.TestAuthority.Holder;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Whom an operator finds in the log when somebody was turned away. */
class CurrentTrustTest {
  private static final AllowedNames ANY = new AllowedNames(Set.of());

  @TempDir private Path folder;
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private TestAuthority authority;
  private CurrentTrust trust;

  @BeforeEach
  void open() throws Exception {
    logged.start();
    log().addAppender(logged);
    authority = TestAuthority.in(folder);
    trust = new CurrentTrust(read(authority.sign("node-1")).trust(), ANY);
  }

  @AfterEach
  void close() {
    log().detachAppender(logged);
  }

  private static Logger log() {
    return (Logger) LoggerFactory.getLogger(CurrentTrust.class);
  }

  private static Identity read(Holder holder) {
    return Identity.read(PemFiles.ofOptions(holder.ca(), holder.cert(), holder.key()), ANY);
  }

  private void turnsAway(X509Certificate[] chain) {
    assertThatThrownBy(() -> trust.checkClientTrusted(chain, "EC"))
        .isInstanceOf(CertificateException.class);
  }

  @Test
  void namesWhoseCertificateWasNotBelieved() throws Exception {
    TestAuthority stranger = TestAuthority.in(folder.resolve("strangers"));
    X509Certificate[] chain = read(stranger.sign("node-2")).chain();
    turnsAway(chain);
    turnsAway(chain);
    assertThat(logged.list)
        .singleElement()
        .extracting(ILoggingEvent::getFormattedMessage)
        .asString()
        .startsWith(
            "the certificate of CN=node-2, O=Flotilla, signed by CN=Test authority, O=Flotilla,"
                + " was not believed: ");
  }

  /** Anyone can write what he likes into a certificate of his own. */
  @Test
  void keepsForeignTextWithinALine() throws Exception {
    TestAuthority stranger = TestAuthority.in(folder.resolve("strangers"));
    turnsAway(
        read(stranger.sign(
                "x",
                Duration.ofDays(1),
                builder -> builder.subject("CN=a\nERROR all\u2028is lost " + "y".repeat(500))))
            .chain());
    assertThat(logged.list)
        .singleElement()
        .extracting(ILoggingEvent::getFormattedMessage)
        .asString()
        .contains("a?ERROR all?is lost yyy")
        .doesNotContain("\n")
        .hasSizeLessThan(500);
  }
}
