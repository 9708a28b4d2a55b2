package dev.flotilla.coprocessor.api;

import java.util.List;

/**
 * Answers clients where the data lies, so that they need not fetch it to count or sum it: TiKV's
 * {@code RawCoprocessor}, which clients call by the plugin's id and a range of its versions. A
 * plugin has one endpoint at most. Since API version 1.1.0.
 */
public interface Endpoint extends Coprocessor {

  /**
   * Called on the replica that leads, for one region; a client asks for each region in turn, and
   * puts the answers together itself. On the threads that read, several at once: other reads wait
   * behind it. Its reads fail once it has taken 10 seconds.
   *
   * @param ranges what the client asks about, as far as it is in this region
   * @param request what else the client says; plugin and client agree on its form
   * @return what the client is told, within {@code server.answer-bytes-max}
   * @throws RejectedException to refuse; the client is told code and reason
   */
  Bytes query(ObserverContext context, List<KeyRange> ranges, Bytes request, RegionReader reader)
      throws RejectedException;
}
