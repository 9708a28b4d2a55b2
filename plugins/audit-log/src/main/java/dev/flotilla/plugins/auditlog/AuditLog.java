package dev.flotilla.plugins.auditlog;

import dev.flotilla.coprocessor.api.AdminCommand;
import dev.flotilla.coprocessor.api.AdminKind;
import dev.flotilla.coprocessor.api.AdminObserver;
import dev.flotilla.coprocessor.api.AdminView;
import dev.flotilla.coprocessor.api.AppliedAdmin;
import dev.flotilla.coprocessor.api.AppliedQuery;
import dev.flotilla.coprocessor.api.CoprocessorConfig;
import dev.flotilla.coprocessor.api.CoprocessorEnvironment;
import dev.flotilla.coprocessor.api.ObserverContext;
import dev.flotilla.coprocessor.api.Observes;
import dev.flotilla.coprocessor.api.OnError;
import dev.flotilla.coprocessor.api.ProposeContext;
import dev.flotilla.coprocessor.api.QueryObserver;
import dev.flotilla.coprocessor.api.Rejection;
import dev.flotilla.coprocessor.api.ResponseEditor;
import dev.flotilla.coprocessor.api.RoleChange;
import dev.flotilla.coprocessor.api.RoleObserver;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pf4j.Extension;

/**
 * Writes a JSON line for each admin command that was applied, was refused by a plugin, or asked for
 * a transfer of leadership, and for each change of role; on demand for each write. Every store
 * writes what it sees. After a restart entries of the log apply again: a line is told apart by
 * (region, index).
 *
 * <p>Settings: {@code writes} (default false) records the keys of writes, {@code housekeeping}
 * (default false) the node's own log compaction and hashes; {@code max-file-bytes} (16777216),
 * {@code max-files} (10), {@code queue-entries} (8192).
 */
@Extension
@Observes(priority = 900, onError = OnError.FAIL_OPEN)
public final class AuditLog implements AdminObserver, QueryObserver, RoleObserver {
  private @Nullable AuditWriter writer;
  private boolean writes;
  private boolean housekeeping;

  @Override
  public void start(CoprocessorEnvironment environment) throws IOException {
    CoprocessorConfig config = environment.config();
    writes = config.flag("writes", false);
    housekeeping = config.flag("housekeeping", false);
    long fileBytesMax = config.number("max-file-bytes", 16 << 20, 1024);
    int filesMax = Math.toIntExact(config.number("max-files", 10, 1));
    writer =
        new AuditWriter(
            () -> AuditFiles.open(environment.dataFolder(), fileBytesMax, filesMax),
            Math.toIntExact(config.number("queue-entries", 8192, 1)),
            environment.clock(),
            environment.logger());
    // The instance that this one replaces writes to the same files until it has stopped.
    writer.start(environment.predecessorStopped());
  }

  @Override
  public void stop() throws IOException, InterruptedException {
    if (writer != null) {
      writer.stop();
    }
  }

  /** A transfer is not logged by raft: this is the only place where it is seen. */
  @Override
  public void preProposeAdmin(ProposeContext context, AdminCommand command) {
    if (command.kind() == AdminKind.TRANSFER_LEADER) {
      write("transfer-asked", AuditFields.of(context).admin(command).fields());
    }
  }

  @Override
  public void onAdminRejected(ObserverContext context, AdminView command, Rejection rejection) {
    if (isOfInterest(command)) {
      write("admin-refused", AuditFields.of(context).admin(command).refused(rejection).fields());
    }
  }

  @Override
  public void postApplyAdmin(ObserverContext context, AppliedAdmin command) {
    if (isOfInterest(command)) {
      write(
          "admin-applied",
          AuditFields.of(context)
              .with("index", command.index())
              .admin(command)
              .after(command.regionsAfter())
              .fields());
    }
  }

  @Override
  public void postApplyQuery(ObserverContext context, AppliedQuery query, ResponseEditor response) {
    if (writes) {
      write(
          "write-applied",
          AuditFields.of(context).with("index", query.index()).requests(query).fields());
    }
  }

  @Override
  public void onRoleChange(ObserverContext context, RoleChange change) {
    write("role", AuditFields.of(context).with("role", change.role()).fields());
  }

  private boolean isOfInterest(AdminView command) {
    return switch (command.kind()) {
      case COMPACT_LOG, COMPUTE_HASH, VERIFY_HASH -> housekeeping;
      default -> true;
    };
  }

  private void write(String event, Map<String, Object> fields) {
    if (writer != null) {
      writer.write(event, fields);
    }
  }
}
