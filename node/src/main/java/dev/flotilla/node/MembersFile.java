package dev.flotilla.node;

import dev.flotilla.config.HostPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cluster addresses of other nodes, kept in the data folder so that a restart finds them without
 * being told. Only a help: what is missing is learnt again.
 */
final class MembersFile {
  private static final Logger LOG = LoggerFactory.getLogger(MembersFile.class);

  private final Path file;

  MembersFile(Path dataDir) {
    this.file = dataDir.resolve("members");
  }

  /** Reads what is known; lines that are no addresses are passed over. */
  Set<HostPort> read() {
    Set<HostPort> members = new LinkedHashSet<>();
    if (!Files.exists(file)) {
      return members;
    }
    try {
      for (String line : Files.readAllLines(file)) {
        try {
          members.add(HostPort.parse(line.strip()));
        } catch (IllegalArgumentException e) {
          LOG.warn("{} has a line that is no address: {}", file, line);
        }
      }
    } catch (IOException e) {
      LOG.warn("{} cannot be read: {}", file, e.toString());
    }
    return members;
  }

  /** Writes {@code members} in place of what was known, if they differ. */
  void write(Collection<HostPort> members) {
    Set<String> lines = new TreeSet<>();
    members.forEach(member -> lines.add(member.toString()));
    try {
      if (Files.exists(file) && Set.copyOf(Files.readAllLines(file)).equals(lines)) {
        return;
      }
      Path temporary = file.resolveSibling("members.tmp");
      Files.write(temporary, lines);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.warn("{} cannot be written: {}", file, e.toString());
    }
  }
}
