package dev.flotilla.coprocessor;

import dev.flotilla.coprocessor.api.ApplyContext;
import dev.flotilla.coprocessor.api.ProposeContext;
import dev.flotilla.coprocessor.api.RegionView;
import dev.flotilla.proto.metapb.Region;

/**
 * Where the observers of one hook are called for one command. Its span is open while one of them is
 * at it: what one says later would be for those after it.
 */
final class CallContext extends CallSpan implements ProposeContext, ApplyContext {
  private final Region region;
  private final long term;
  private final long index;
  private final long stampMillis;
  private boolean bypassed;

  CallContext(Region region, long term) {
    this(region, term, 0, 0);
  }

  CallContext(Region region, long term, long index, long stampMillis) {
    this.region = region;
    this.term = term;
    this.index = index;
    this.stampMillis = stampMillis;
  }

  @Override
  public RegionView region() {
    return new ProtoRegion(region);
  }

  @Override
  public long term() {
    return term;
  }

  @Override
  public long index() {
    return index;
  }

  @Override
  public long proposedAtMillis() {
    return stampMillis;
  }

  @Override
  public void bypass() {
    check();
    bypassed = true;
  }

  long regionId() {
    return region.getId();
  }

  boolean isBypassed() {
    return bypassed;
  }

  /** Forgets the bypass of a call that failed, like its edits. */
  void restoreBypassed(boolean before) {
    bypassed = before;
  }
}
