package dev.flotilla.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.config.SecurityConfig;
import dev.flotilla.security.TestAuthority.Holder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
  @TempDir private Path folder;
  private TestAuthority authority;
  private Holder node;

  @BeforeEach
  void sign() throws Exception {
    authority = TestAuthority.in(folder);
    node = authority.sign("node-1");
  }

  private static void assertUnusable(Holder holder, String expected, String... allowedNames) {
    assertThatThrownBy(() -> holder.credentials(allowedNames))
        .isInstanceOf(CredentialsException.class)
        .hasMessageContaining(expected);
  }

  @Test
  void saysWhoItIsAndUntilWhen() {
    assertThat(node.credentials()).asString().startsWith("node-1, localhost until 20");
  }

  @Test
  void takesKeysOfRsaAndEachKindOfName() throws Exception {
    Holder rsa = authority.sign("node-2", Duration.ofDays(1), builder -> builder.rsa2048());
    assertThat(rsa.credentials("other", "node-2")).isNotNull();
    assertThat(rsa.credentials("localhost")).isNotNull();
  }

  @Test
  void namesTheFileThatIsMissing() throws Exception {
    Files.delete(node.key());
    assertUnusable(node, "cannot read " + node.key() + " (--key): ");
  }

  @Test
  void namesTheFileThatIsNoCertificate() throws Exception {
    Files.writeString(node.ca(), "nothing");
    assertUnusable(node, "cannot use " + node.ca() + " (--cacert): ");
  }

  @Test
  void refusesTheKeyOfAnother() throws Exception {
    Holder other = authority.sign("node-2");
    assertUnusable(
        new Holder(node.ca(), node.cert(), other.key()),
        other.key() + " (--key) is not the key of " + node.cert() + " (--cert)");
  }

  /** It would be refused by all others, which go by the same authorities and names. */
  @Test
  void refusesACertificateThatOthersWouldRefuse() throws Exception {
    Holder stranger = TestAuthority.in(folder).sign("node-1");
    assertUnusable(
        new Holder(node.ca(), stranger.cert(), stranger.key()), "believes " + stranger.cert());
    Holder expired = authority.sign("node-1", Duration.ofDays(-1), builder -> builder);
    assertUnusable(expired, "NotAfter");
    assertUnusable(node, "none of its names, [node-1, localhost], is allowed", "node-2");
    Holder forServers =
        authority.sign(
            "node-1", Duration.ofDays(1), builder -> builder.addExtendedKeyUsageServerAuth());
    assertUnusable(forServers, "client authentication");
  }

  /** What others find out only when they call, and say to nobody who could put it right. */
  @Test
  void knowsWhereOthersWouldNotBelieveIt() throws Exception {
    Credentials credentials = node.credentials();
    assertThat(credentials.objection("127.0.0.1")).isEmpty();
    assertThat(credentials.objection("localhost")).isEmpty();
    assertThat(credentials.objection("127.0.0.2").orElseThrow()).contains("127.0.0.2");
    assertThat(credentials.objection("elsewhere").orElseThrow()).contains("elsewhere");
    node.become(
        authority.sign(
            "node-1", Duration.ofDays(1), builder -> builder.rsa2048().addSanDnsName("elsewhere")));
    credentials.refresh();
    assertThat(credentials.objection("elsewhere")).isEmpty();
  }

  @Test
  void takesInReplacedFiles() throws Exception {
    Credentials credentials = node.credentials();
    node.become(authority.sign("node-2"));
    credentials.refresh();
    assertThat(credentials).asString().startsWith("node-2");
  }

  private Credentials ofNode(String... name) {
    SecurityConfig config =
        new SecurityConfig(
            Optional.of(node.ca()), Optional.of(node.cert()), Optional.of(node.key()), List.of());
    return Credentials.of(config, Arrays.stream(name).findFirst()).orElseThrow();
  }

  @Test
  void aNodesNameIsInItsCertificate() {
    assertThat(ofNode().name()).isEqualTo("node-1");
    assertThat(ofNode("localhost").name()).isEqualTo("localhost");
    assertThatThrownBy(() -> ofNode("node-2"))
        .isInstanceOf(CredentialsException.class)
        .hasMessageContaining("cannot use " + node.cert() + " (security.cert-path): ")
        .hasMessageContaining("this node is node-2, and that is not among [node-1, localhost]");
  }

  /** Others would take what it says for the word of somebody else. */
  @Test
  void aNodeDoesNotTakeInACertificateOfAnotherName() throws Exception {
    Credentials credentials = ofNode();
    node.become(authority.sign("node-2"));
    credentials.refresh();
    assertThat(credentials).asString().startsWith("node-1");
    node.become(
        authority.sign("new", Duration.ofDays(1), builder -> builder.addSanDnsName("node-1")));
    credentials.refresh();
    assertThat(credentials).asString().startsWith("new, localhost, node-1");
    assertThat(credentials.name()).isEqualTo("node-1");
  }

  /** Nobody could call the node any more, and those who try do not say so to its operator. */
  @Test
  void aNodeDoesNotTakeInACertificateThatIsForFewerOfItsHosts() throws Exception {
    node.become(
        authority.sign(
            "node-1", Duration.ofDays(1), builder -> builder.addSanDnsName("node-1.example")));
    Credentials credentials = ofNode();
    credentials.keepFor(Set.of("127.0.0.1", "node-1.example", "elsewhere"));
    node.become(authority.sign("node-1"));
    credentials.refresh();
    assertThat(credentials).asString().contains("node-1.example");
    node.become(
        authority.sign(
            "node-1",
            Duration.ofDays(1),
            builder -> builder.rsa2048().addSanDnsName("node-1.example").addSanDnsName("new")));
    credentials.refresh();
    assertThat(credentials).asString().contains("new");
  }

  @Test
  void staysAsItWasWhenReplacedFilesAreOfNoUse() throws Exception {
    Credentials credentials = node.credentials("node-1", "node-2");
    Holder next = authority.sign("node-2");

    Files.copy(next.cert(), node.cert(), StandardCopyOption.REPLACE_EXISTING);
    credentials.refresh();
    assertThat(credentials).as("the key is still the old one").asString().startsWith("node-1");

    Files.delete(node.cert());
    credentials.refresh();
    assertThat(credentials).as("a file is missing").asString().startsWith("node-1");

    Holder unwanted = authority.sign("node-3");
    node.become(unwanted);
    credentials.refresh();
    assertThat(credentials).as("the name is not allowed").asString().startsWith("node-1");

    node.become(next);
    credentials.refresh();
    assertThat(credentials).asString().startsWith("node-2");
  }

  /** A handshake that has begun with a key ends with the certificate of that key. */
  @Test
  void keepsKeyAndCertificateTogether() throws Exception {
    AllowedNames any = new AllowedNames(Set.of());
    Identity first = Identity.read(PemFiles.ofOptions(node.ca(), node.cert(), node.key()), any);
    Holder other = authority.sign("node-2");
    Identity second = Identity.read(PemFiles.ofOptions(other.ca(), other.cert(), other.key()), any);
    CurrentKeys keys = new CurrentKeys(first);
    String begun = alias(keys);
    keys.replace(second);
    String later = alias(keys);
    assertThat(keys.getCertificateChain(begun)).isEqualTo(first.chain());
    assertThat(keys.getPrivateKey(begun)).isEqualTo(first.keys().getPrivateKey(first.alias()));
    assertThat(keys.getCertificateChain(later)).isEqualTo(second.chain());
  }

  private static String alias(CurrentKeys keys) {
    return Objects.requireNonNull(keys.getServerAliases("EC", null))[0];
  }
}
