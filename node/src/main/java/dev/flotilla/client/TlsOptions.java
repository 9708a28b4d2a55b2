package dev.flotilla.client;

import dev.flotilla.security.Credentials;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * Options for a cluster whose connections are encrypted, named as etcd's; before a subcommand or
 * after it.
 */
public final class TlsOptions {
  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--cacert",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "Authorities that sign the nodes' certificates, in PEM. Encrypts all calls.")
  private @Nullable Path ca;

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "Certificate to show to nodes, in PEM.")
  private @Nullable Path cert;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "Private key of it, in PEM.")
  private @Nullable Path key;

  /** What the files hold; empty without the options. */
  public Optional<Credentials> credentials() {
    if (ca == null && cert == null && key == null) {
      return Optional.empty();
    }
    if (ca == null || cert == null || key == null) {
      throw new ParameterException(spec.commandLine(), "--cacert, --cert and --key go together");
    }
    return Optional.of(Credentials.read(ca, cert, key, List.of()));
  }
}
