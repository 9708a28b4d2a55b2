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
record PemFiles(Path ca, Path cert, Path key) {
  /** What differs once a file has been written or replaced. */
  record Stamp(FileTime modified, long bytes, @Nullable Object fileKey) {}

  private static final Stamp ABSENT = new Stamp(FileTime.fromMillis(0), -1, null);

  /** How the files are now. Links are followed: some systems replace a link instead of a file. */
  List<Stamp> stamps() {
    return Stream.of(ca, cert, key).map(PemFiles::stamp).toList();
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
