package dev.flotilla.node.ctl;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;

/** An output for text, as any command has it, that takes bytes as they are, too. */
public final class ByteOutput extends PrintWriter {
  private final OutputStream bytes;

  /**
   * @param text writes to {@code bytes}
   */
  public ByteOutput(PrintWriter text, OutputStream bytes) {
    super(text, true);
    this.bytes = bytes;
  }

  /** Writes {@code value} after all text so far, and ends the line. */
  void println(ByteString value) {
    flush();
    try {
      value.writeTo(bytes);
    } catch (IOException e) {
      // As it is with text: whoever reads the output has gone.
      setError();
    }
    println();
  }
}
