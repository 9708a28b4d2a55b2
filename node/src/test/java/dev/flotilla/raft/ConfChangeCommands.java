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
      change(d);
      StringBuilder text = new StringBuilder(RaftTrace.configText(tracker.config())).append('\n');
      for (int i = 0; i < tracker.size(); i++) {
        text.append(Long.toUnsignedString(tracker.at(i).id))
            .append(": ")
            .append(tracker.at(i))
            .append('\n');
      }
      return text.toString();
    } catch (CommandError | InvalidConfChangeException refused) {
      return String.valueOf(refused.getMessage());
    } finally {
      lastIndex++;
    }
  }

  private void change(Directive d) {
    List<ConfChange.Single> changes = TextConfChangeCodec.parse(d.input());
    ConfState config = tracker.config();
    switch (d.command()) {
      case "simple" -> {
        ConfState next = ConfChanger.simple(config, changes);
        tracker.install(next, ConfChanger.dropped(config, changes), lastIndex);
      }
      case "enter-joint" -> {
        Arg arg = d.arg("autoleave");
        boolean autoLeave = arg != null && InteractionEnv.parseBool(arg.value());
        ConfState next = ConfChanger.enterJoint(config, autoLeave, changes);
        IdSet dropped = ConfChanger.dropped(ConfChanger.joined(config, autoLeave), changes);
        tracker.install(next, dropped, lastIndex);
      }
      case "leave-joint" -> {
        if (!changes.isEmpty()) {
          throw new CommandError("this command takes no input");
        }
        tracker.install(ConfChanger.leaveJoint(config), IdSet.EMPTY, lastIndex);
      }
      default -> throw new CommandError("unknown command");
    }
  }
}
