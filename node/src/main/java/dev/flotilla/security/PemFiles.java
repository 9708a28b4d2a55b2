package dev.flotilla.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where certificates and key are.
 *
 * @param ca certificates of the authorities
 * @param cert own certificate, and those between it and the authority
 * @param key own private key
 */
record PemFiles(PemFile ca, PemFile cert, PemFile key) {
  /** A file, and what names it. */
  record PemFile(Path path, String setting) {
    @Override
    public String toString() {
      return path + " (" + setting + ")";
    }
  }

  /** As the settings of a node name them. */
  static PemFiles ofSettings(Path ca, Path cert, Path key) {
    return new PemFiles(
        new PemFile(ca, "security.ca-path"),
        new PemFile(cert, "security.cert-path"),
        new PemFile(key, "security.key-path"));
  }

  /** As the options of a tool name them. */
  static PemFiles ofOptions(Path ca, Path cert, Path key) {
    return new PemFiles(
        new PemFile(ca, "--cacert"), new PemFile(cert, "--cert"), new PemFile(key, "--key"));
  }

  /** What differs once a file has been written or replaced. */
  record Stamp(FileTime modified, long bytes, @Nullable Object fileKey) {}

  private static final Stamp ABSENT = new Stamp(FileTime.fromMillis(0), -1, null);

  /** How the files are now. Links are followed: some systems replace a link instead of a file. */
  List<Stamp> stamps() {
    return Stream.of(ca, cert, key).map(file -> stamp(file.path())).toList();
  }

  private static Stamp stamp(Path file) {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(found.lastModifiedTime(), found.size(), found.fileKey());
    } catch (IOException e) {
      return ABSENT;
    }
  }
}
