package dev.flotilla.engine.sim;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.EngineReader;
import dev.flotilla.engine.KeyRange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiConsumer;

/** Sorted files of the simulated engine: lengths and bytes, nothing else. */
final class SimSst {
  private SimSst() {}

  static long write(EngineReader view, Cf cf, KeyRange range, Path file) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long keys = 0;
    try (EngineIterator entries = view.iterator(cf, range);
        DataOutputStream out = new DataOutputStream(bytes)) {
      for (boolean more = entries.seekToFirst(); more; more = entries.next()) {
        out.writeInt(entries.key().length);
        out.write(entries.key());
        out.writeInt(entries.value().length);
        out.write(entries.value());
        keys++;
      }
      if (keys > 0) {
        Files.write(file, bytes.toByteArray());
      }
      return keys;
    } catch (IOException e) {
      throw new EngineException("writing " + file + " failed", e);
    }
  }

  /** Reads all entries and takes the file away, as ingestion may. */
  static void read(Path file, BiConsumer<byte[], byte[]> entries) {
    try (DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(Files.readAllBytes(file)))) {
      while (in.available() > 0) {
        byte[] key = in.readNBytes(in.readInt());
        byte[] value = in.readNBytes(in.readInt());
        entries.accept(key, value);
      }
      Files.delete(file);
    } catch (IOException e) {
      throw new EngineException("reading " + file + " failed", e);
    }
  }
}
