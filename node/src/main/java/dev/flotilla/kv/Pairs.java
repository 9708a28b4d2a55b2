package dev.flotilla.kv;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.ReadCall;
import dev.flotilla.coprocessor.ReadPair;
import java.util.List;

/** Finds what a read asks for. */
interface Pairs {
  /** One pair a key, in order; the value is null where nothing lives. */
  List<ReadPair> get(ReadCall.Get call);

  /** Living pairs in the scan's direction, at most its limit. */
  List<ReadPair> scan(ReadCall.Scan call);

  /** The value of one key, or null. */
  default @org.jspecify.annotations.Nullable ByteString get(String cf, ByteString key) {
    return get(ReadCall.Get.of(cf, key)).get(0).value();
  }

  /**
   * Where that value lies, or null: what observers make of a read may be the value of another key.
   */
  default @org.jspecify.annotations.Nullable ByteString locate(String cf, ByteString key) {
    return get(cf, key) == null ? null : key;
  }
}
