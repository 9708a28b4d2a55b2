package dev.flotilla.node;

import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.CoprocessorStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The coprocessors of this node as the status port shows them, in the order of calls. */
final class CoprocessorList {
  private CoprocessorList() {}

  static List<Map<String, Object>> of(CoprocessorHost host) {
    return host.status().stream().map(CoprocessorList::describe).toList();
  }

  private static Map<String, Object> describe(CoprocessorStatus status) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("plugin", status.pluginId());
    shown.put("version", status.version());
    shown.put("class", status.className());
    shown.put("state", status.state().name().toLowerCase(Locale.ROOT));
    shown.put("reason", status.reason());
    shown.put("priority", status.priority());
    shown.put("hooks", status.hooks());
    shown.put("calls", status.calls());
    shown.put("rejections", status.rejections());
    shown.put("failures", status.failures());
    shown.put("alterations", status.alterations());
    return shown;
  }
}
