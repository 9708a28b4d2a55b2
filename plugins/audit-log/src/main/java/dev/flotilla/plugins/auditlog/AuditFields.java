package dev.flotilla.plugins.auditlog;

import dev.flotilla.coprocessor.api.AdminView;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.ObserverContext;
import dev.flotilla.coprocessor.api.PeerView;
import dev.flotilla.coprocessor.api.QueryView;
import dev.flotilla.coprocessor.api.RegionView;
import dev.flotilla.coprocessor.api.Rejection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The content of one record, copied out of what is valid only during the call. Keys are written as
 * hexadecimal digits; values are not written at all, only how long they are.
 */
final class AuditFields {
  private final Map<String, Object> fields = new LinkedHashMap<>();

  private AuditFields() {}

  static AuditFields of(ObserverContext context) {
    return new AuditFields().with("region", context.region().id()).with("term", context.term());
  }

  AuditFields with(String name, Object value) {
    fields.put(name, value);
    return this;
  }

  AuditFields admin(AdminView command) {
    with("kind", command.kind());
    if (!command.splitKeys().isEmpty()) {
      with("split_keys", command.splitKeys().stream().map(Bytes::toHex).toList());
    }
    if (!command.peerChanges().isEmpty()) {
      List<Map<String, Object>> changes = new ArrayList<>();
      command
          .peerChanges()
          .forEach(
              change -> {
                Map<String, Object> fieldsOfChange = new LinkedHashMap<>();
                fieldsOfChange.put("kind", change.kind());
                fieldsOfChange.putAll(peer(change.peer()));
                changes.add(fieldsOfChange);
              });
      with("changes", changes);
    }
    if (!command.transferTargets().isEmpty()) {
      with("targets", command.transferTargets().stream().map(AuditFields::peer).toList());
    }
    command.compactIndex().ifPresent(index -> with("compact_index", index));
    return this;
  }

  private static Map<String, Object> peer(PeerView peer) {
    Map<String, Object> fieldsOfPeer = new LinkedHashMap<>();
    fieldsOfPeer.put("peer", peer.id());
    fieldsOfPeer.put("store", peer.storeId());
    return fieldsOfPeer;
  }

  AuditFields refused(Rejection rejection) {
    return with("plugin", rejection.pluginId())
        .with("code", rejection.code())
        .with("reason", rejection.reason());
  }

  AuditFields after(List<RegionView> regions) {
    return regions.isEmpty()
        ? this
        : with("regions_after", regions.stream().map(RegionView::id).toList());
  }

  AuditFields requests(QueryView query) {
    List<Map<String, Object>> requests = new ArrayList<>();
    for (int i = 0; i < query.size(); i++) {
      Map<String, Object> request = new LinkedHashMap<>();
      request.put("kind", query.kind(i));
      request.put("cf", query.cf(i));
      request.put("key", query.key(i).toHex());
      if (!query.endKey(i).isEmpty()) {
        request.put("end_key", query.endKey(i).toHex());
      }
      request.put("value_bytes", query.value(i).length());
      requests.add(request);
    }
    return with("requests", requests);
  }

  Map<String, Object> fields() {
    return fields;
  }
}
