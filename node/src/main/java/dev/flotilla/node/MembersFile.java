package dev.flotilla.node;

import dev.flotilla.config.HostPort;
import dev.flotilla.security.StoreNames;
import dev.flotilla.verticle.cluster.Members;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which stores are where, kept in the data folder so that a restart finds them without being told.
 * Only a help: what is missing is learnt again, but with encrypted connections only from nodes that
 * the operator names. A line each: {@code store HOST:PORT life NAME}, the name if there is one.
 */
final class MembersFile {
  private static final Logger LOG = LoggerFactory.getLogger(MembersFile.class);

  private final Path file;

  MembersFile(Path dataDir) {
    this.file = dataDir.resolve("members");
  }

  /**
   * Reads what is known; lines that say nothing are passed over.
   *
   * @param names told whose the stores are
   */
  List<Members.Member> read(StoreNames names) {
    List<Members.Member> members = new ArrayList<>();
    if (!Files.exists(file)) {
      return members;
    }
    try {
      for (String line : Files.readAllLines(file)) {
        try {
          members.add(parse(line, names));
        } catch (IllegalArgumentException e) {
          LOG.warn("{} has a line that names no store: {}", file, line);
        }
      }
    } catch (IOException e) {
      LOG.warn("{} cannot be read: {}", file, e.toString());
    }
    return members;
  }

  private static Members.Member parse(String line, StoreNames names) {
    String[] words = line.strip().split(" ", 4);
    if (words.length < 3) {
      throw new IllegalArgumentException("less than three words");
    }
    Members.Member member =
        new Members.Member(
            Long.parseLong(words[0]), HostPort.parse(words[1]), Long.parseLong(words[2]));
    names.record(member.storeId(), words.length == 3 ? "" : words[3]);
    return member;
  }

  private static String line(Members.Member member, String name) {
    String line = member.storeId() + " " + member.address() + " " + member.life();
    return name.isEmpty() ? line : line + " " + name;
  }

  /**
   * Writes {@code members} in place of what was known, if they differ. Without those of whom it is
   * not known yet whether they have a name: the file would say that they have none. Blocks; any
   * thread, and of several the last one writes what is newest.
   */
  synchronized void write(Supplier<List<Members.Member>> members, StoreNames names) {
    List<String> lines = new ArrayList<>();
    for (Members.Member member : members.get()) {
      String name = names.find(member.storeId());
      if (name != null) {
        lines.add(line(member, name));
      }
    }
    try {
      if (Files.exists(file) && Files.readAllLines(file).equals(lines)) {
        return;
      }
      Path temporary = file.resolveSibling("members.tmp");
      Files.write(temporary, lines);
      // Or power may be lost when the name is durable and what it stands for is not.
      try (FileChannel written = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        written.force(true);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.warn("{} cannot be written: {}", file, e.toString());
    }
  }
}
