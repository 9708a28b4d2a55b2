package dev.flotilla.node.ctl;

import com.google.protobuf.ByteString;
import dev.flotilla.server.RegionJson;
import java.util.HexFormat;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** How keys and values are written on the command line, and shown: as text, or in hex. */
final class HexOption {
  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--hex",
      scope = ScopeType.INHERIT,
      description = "Keys and values are given and shown in hex.")
  private boolean hex;

  boolean isGiven() {
    return hex;
  }

  String shown(ByteString bytes) {
    return hex ? HexFormat.of().formatHex(bytes.toByteArray()) : RegionJson.text(bytes);
  }

  ByteString bytes(String text) {
    if (!hex) {
      return ByteString.copyFromUtf8(text);
    }
    try {
      return ByteString.copyFrom(HexFormat.of().parseHex(text));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "'" + text + "' is not hex", e);
    }
  }
}
