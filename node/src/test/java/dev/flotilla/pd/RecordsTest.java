package dev.flotilla.pd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.ValueCodec;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.raftstore.RaftCommands;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.SharedSnapshot;
import org.junit.jupiter.api.Test;

class RecordsTest {
  private final SimEngine engine = SimEngine.kv();

  private void put(ByteString key, ByteString value) {
    try (WriteBatch batch = engine.newBatch()) {
      batch.put(
          Cf.DEFAULT,
          Keys.dataKey(key.toByteArray()),
          ValueCodec.encode(value.toByteArray(), ValueCodec.NEVER));
      engine.write(batch, false);
    }
  }

  private Records load() {
    try (ReadGrant grant =
        new ReadGrant(new SharedSnapshot(engine.snapshot()), RaftCommands.REGION, 6, 0)) {
      return Records.load(grant);
    }
  }

  /** Else no node of an older version could drive again. */
  @Test
  void whatIsNotKnownIsPassedOverWhateverItIs() {
    ByteString unknown =
        ByteString.copyFrom(Keys.reserved()).concat(ByteString.copyFromUtf8("of tomorrow"));
    put(Records.ID_WATERMARK, Records.number(2000));
    for (String value : new String[] {"", "short", "longer than a number"}) {
      put(unknown, ByteString.copyFromUtf8(value));
      assertThat(load().idWatermark()).isEqualTo(2000);
    }
  }
}
