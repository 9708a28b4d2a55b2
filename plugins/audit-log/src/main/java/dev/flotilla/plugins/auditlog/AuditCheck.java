package dev.flotilla.plugins.auditlog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Tells whether a log was changed: a line edited, left out, moved or put in between. That its last
 * lines were cut off can only be told by comparing the last hash with one noted elsewhere.
 *
 * @param lines how many lines are in order
 * @param lastHash hash of the last of them
 * @param problem where and what the first line out of order is; empty when there is none
 */
public record AuditCheck(long lines, String lastHash, String problem) {

  /** Reads the whole log in {@code folder}. */
  public static AuditCheck of(Path folder) throws IOException {
    HashChain chain = HashChain.START;
    long lines = 0;
    for (Path file : AuditFiles.list(folder)) {
      List<String> content = Files.readAllLines(file);
      for (int i = 0; i < content.size(); i++) {
        String line = content.get(i);
        HashChain next = HashChain.after(line);
        // Old files are deleted, so the first line that is left may be any.
        boolean follows = lines == 0 || chain.precedes(line);
        if (next == null || !follows) {
          String what = next == null ? "was changed" : "does not follow the one before";
          return new AuditCheck(
              lines, chain.hash(), file.getFileName() + " line " + (i + 1) + " " + what);
        }
        chain = next;
        lines++;
      }
    }
    return new AuditCheck(lines, chain.hash(), "");
  }

  /** Checks the folder named by the argument; ends with 1 when the log was changed. */
  public static void main(String[] args) throws IOException {
    AuditCheck check = of(Path.of(args[0]));
    System.out.println(check);
    if (!check.problem().isEmpty()) {
      System.exit(1);
    }
  }
}
