package dev.flotilla.pd;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.ValueCodec;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.proto.metapb.Store;
import java.util.List;

/** The driver's records of a cluster that begins with several stores. */
public final class InitialRecords {
  private InitialRecords() {}

  public static void put(WriteBatch kv, List<Store> stores) {
    for (Store store : stores) {
      kv.put(
          Cf.DEFAULT,
          Keys.dataKey(Records.storeKey(store.getId()).toByteArray()),
          ValueCodec.encode(store.toByteArray(), 0));
    }
  }
}
