package dev.flotilla.plugins.aggregate;

import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.Endpoint;
import dev.flotilla.coprocessor.api.KeyRange;
import dev.flotilla.coprocessor.api.ObserverContext;
import dev.flotilla.coprocessor.api.RegionReader;
import dev.flotilla.coprocessor.api.RejectedException;
import java.util.List;
import org.pf4j.Extension;

/**
 * Tells of the pairs in a region's ranges, as a decimal number in text: {@code count} how many they
 * are, {@code bytes} the size of their values, and {@code sum}, {@code min} and {@code max} of
 * values that are whole numbers in text. The last two of no pairs are an empty answer. A client
 * asks each region and puts the numbers together.
 */
@Extension
public final class Aggregate implements Endpoint {

  @Override
  public Bytes query(
      ObserverContext context, List<KeyRange> ranges, Bytes request, RegionReader reader)
      throws RejectedException {
    Tally tally = Tally.of(request.toUtf8());
    for (KeyRange range : ranges) {
      reader.scan(range, tally);
    }
    return tally.answer();
  }
}
