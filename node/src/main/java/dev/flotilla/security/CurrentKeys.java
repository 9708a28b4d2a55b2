package dev.flotilla.security;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The key and certificate in use. A handshake asks for them one after the other, by an alias, which
 * therefore says which ones it has begun with.
 */
final class CurrentKeys extends X509ExtendedKeyManager {
  /** Those in use, and those before them for handshakes that have begun. */
  private record State(long number, Identity current, Identity previous) {}

  private volatile State state;

  CurrentKeys(Identity first) {
    this.state = new State(0, first, first);
  }

  /** One thread at a time. */
  void replace(Identity next) {
    State now = state;
    state = new State(now.number() + 1, next, now.current());
  }

  X509Certificate certificate() {
    return state.current().certificate();
  }

  /** The alias of the current keys, when they suit what is asked for. */
  private @Nullable String choose(Function<X509ExtendedKeyManager, @Nullable String> question) {
    State now = state;
    return question.apply(now.current().keys()) == null ? null : Long.toString(now.number());
  }

  private Identity byAlias(String alias) {
    State now = state;
    return alias.equals(Long.toString(now.number())) ? now.current() : now.previous();
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] kinds, Principal @Nullable [] issuers, SSLEngine engine) {
    return choose(keys -> keys.chooseEngineClientAlias(kinds, issuers, engine));
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String kind, Principal @Nullable [] issuers, SSLEngine engine) {
    return choose(keys -> keys.chooseEngineServerAlias(kind, issuers, engine));
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] kinds, Principal @Nullable [] issuers, Socket socket) {
    return choose(keys -> keys.chooseClientAlias(kinds, issuers, socket));
  }

  @Override
  public @Nullable String chooseServerAlias(
      String kind, Principal @Nullable [] issuers, Socket socket) {
    return choose(keys -> keys.chooseServerAlias(kind, issuers, socket));
  }

  @Override
  public String @Nullable [] getClientAliases(String kind, Principal @Nullable [] issuers) {
    return all(choose(keys -> first(keys.getClientAliases(kind, issuers))));
  }

  @Override
  public String @Nullable [] getServerAliases(String kind, Principal @Nullable [] issuers) {
    return all(choose(keys -> first(keys.getServerAliases(kind, issuers))));
  }

  private static @Nullable String first(String @Nullable [] aliases) {
    return aliases == null ? null : aliases[0];
  }

  private static String @Nullable [] all(@Nullable String alias) {
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return byAlias(alias).chain();
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    Identity identity = byAlias(alias);
    return identity.keys().getPrivateKey(identity.alias());
  }
}
