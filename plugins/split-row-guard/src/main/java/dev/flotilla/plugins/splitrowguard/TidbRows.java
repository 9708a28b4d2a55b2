package dev.flotilla.plugins.splitrowguard;

import dev.flotilla.coprocessor.api.Bytes;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Rows of TiDB tables: {@code t}, 8 bytes of table id, {@code _r}, 8 bytes of row handle, and
 * whatever follows. Index keys and all others are rows by themselves.
 */
enum TidbRows implements RowLayout {
  /** Keys as TiDB's transactions store them: in groups of 8 bytes, each with a marker byte. */
  ENCODED {
    @Override
    public Bytes rowOf(Bytes key) {
      Bytes raw = decode(key);
      if (raw == null) {
        return key;
      }
      Bytes row = RAW.rowOf(raw);
      // A key that is a row's beginning already may carry a version behind its groups: cut it, too.
      return isRecord(raw) ? encode(row) : key;
    }
  },
  /** Keys as they are. */
  RAW {
    @Override
    public Bytes rowOf(Bytes key) {
      return isRecord(key) ? key.slice(0, ROW_BYTES) : key;
    }
  };

  private static final int GROUP = 8;
  private static final int MARKER = 0xff;
  private static final int TABLE_BYTES = 1 + 8;
  private static final int ROW_BYTES = TABLE_BYTES + 2 + 8;

  private static boolean isRecord(Bytes key) {
    return key.length() >= ROW_BYTES
        && key.byteAt(0) == 't'
        && key.byteAt(TABLE_BYTES) == '_'
        && key.byteAt(TABLE_BYTES + 1) == 'r';
  }

  /** The bytes in the groups up to the last one; null when these are no groups. */
  static @Nullable Bytes decode(Bytes encoded) {
    ByteArrayOutputStream raw = new ByteArrayOutputStream();
    for (int at = 0; at + GROUP < encoded.length(); at += GROUP + 1) {
      int padding = MARKER - (encoded.byteAt(at + GROUP) & 0xff);
      if (padding > GROUP) {
        return null;
      }
      raw.writeBytes(encoded.slice(at, at + GROUP - padding).toArray());
      if (padding > 0) {
        return isZero(encoded.slice(at + GROUP - padding, at + GROUP))
            ? Bytes.wrap(raw.toByteArray())
            : null;
      }
    }
    return null;
  }

  private static boolean isZero(Bytes padding) {
    for (int i = 0; i < padding.length(); i++) {
      if (padding.byteAt(i) != 0) {
        return false;
      }
    }
    return true;
  }

  /** The other way; keeps the order of the raw bytes. */
  static Bytes encode(Bytes raw) {
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    for (int at = 0; at <= raw.length(); at += GROUP) {
      int used = Math.min(GROUP, raw.length() - at);
      encoded.writeBytes(raw.slice(at, at + used).toArray());
      encoded.writeBytes(new byte[GROUP - used]);
      encoded.write(MARKER - (GROUP - used));
    }
    return Bytes.wrap(encoded.toByteArray());
  }
}
