package dev.flotilla.coprocessor;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/** A key and what was found there; null when there is nothing. */
public record ReadPair(ByteString key, @Nullable ByteString value) {}
