package dev.flotilla.raft;

import dev.flotilla.raft.DataDriven.Arg;
import dev.flotilla.raft.DataDriven.Directive;
import java.util.List;

/** Commands that change a configuration. */
final class ConfChangeCommands {
  private final ProgressTracker tracker = new ProgressTracker(0, 10, RaftConfig.NO_LIMIT);
  private long lastIndex;

  String handle(Directive d) {
    try {
      tracker.install(next(d), lastIndex);
      StringBuilder text = new StringBuilder(RaftTrace.configText(tracker.config())).append('\n');
      for (int i = 0; i < tracker.size(); i++) {
        text.append(tracker.at(i).id).append(": ").append(tracker.at(i)).append('\n');
      }
      return text.toString();
    } catch (CommandError | InvalidConfChangeException refused) {
      return String.valueOf(refused.getMessage());
    } finally {
      lastIndex++;
    }
  }

  private ConfState next(Directive d) {
    List<ConfChange.Single> changes = TextConfChangeCodec.parse(d.input());
    switch (d.command()) {
      case "simple" -> {
        return ConfChanger.simple(tracker.config(), changes);
      }
      case "enter-joint" -> {
        Arg autoLeave = d.arg("autoleave");
        return ConfChanger.enterJoint(
            tracker.config(),
            autoLeave != null && InteractionEnv.parseBool(autoLeave.value()),
            changes);
      }
      case "leave-joint" -> {
        if (!changes.isEmpty()) {
          throw new CommandError("this command takes no input");
        }
        return ConfChanger.leaveJoint(tracker.config());
      }
      default -> throw new CommandError("unknown command");
    }
  }
}
