package dev.flotilla.kv;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tukaani.xz.check.CRC64;

/**
 * TiKV's {@code Crc64_Xor}: the CRC-64/XZ of each key followed by its value, all of them xored, so
 * that sums over parts of a range can be put together in any order.
 */
final class RangeChecksum {
  private final CRC64 crc = new CRC64();
  private long checksum;
  private long pairs;
  private long bytes;

  void add(ByteString key, ByteString value) {
    crc.update(key.toByteArray());
    crc.update(value.toByteArray());
    checksum ^= ByteBuffer.wrap(crc.finish()).order(ByteOrder.LITTLE_ENDIAN).getLong();
    pairs++;
    bytes += key.size() + (long) value.size();
  }

  long checksum() {
    return checksum;
  }

  long pairs() {
    return pairs;
  }

  /** Bytes of keys and values. */
  long bytes() {
    return bytes;
  }
}
