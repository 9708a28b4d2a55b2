package dev.flotilla.node;

import dev.flotilla.config.HostPort;
import dev.flotilla.verticle.cluster.Members;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which stores are where, kept in the data folder so that a restart finds them without being told.
 * Only a help: what is missing is learnt again. A line each: {@code store HOST:PORT life}.
 */
final class MembersFile {
  private static final Logger LOG = LoggerFactory.getLogger(MembersFile.class);

  private final Path file;

  MembersFile(Path dataDir) {
    this.file = dataDir.resolve("members");
  }

  /** Reads what is known; lines that say nothing are passed over. */
  List<Members.Member> read() {
    List<Members.Member> members = new ArrayList<>();
    if (!Files.exists(file)) {
      return members;
    }
    try {
      for (String line : Files.readAllLines(file)) {
        try {
          members.add(parse(line));
        } catch (IllegalArgumentException e) {
          LOG.warn("{} has a line that names no store: {}", file, line);
        }
      }
    } catch (IOException e) {
      LOG.warn("{} cannot be read: {}", file, e.toString());
    }
    return members;
  }

  private static Members.Member parse(String line) {
    String[] words = line.strip().split(" ", -1);
    if (words.length != 3) {
      throw new IllegalArgumentException("not three words");
    }
    return new Members.Member(
        Long.parseLong(words[0]), HostPort.parse(words[1]), Long.parseLong(words[2]));
  }

  /** Writes {@code members} in place of what was known, if they differ. */
  void write(Collection<Members.Member> members) {
    List<String> lines =
        members.stream()
            .map(member -> member.storeId() + " " + member.address() + " " + member.life())
            .toList();
    try {
      if (Files.exists(file) && Files.readAllLines(file).equals(lines)) {
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
