package dev.flotilla.coprocessor.api.testkit;

import dev.flotilla.coprocessor.api.ApplyContext;
import dev.flotilla.coprocessor.api.ProposeContext;
import dev.flotilla.coprocessor.api.RegionView;

/** Where a hook is called. */
final class FakeContext extends Borrowed implements ProposeContext, ApplyContext {
  private final RegionView region;
  private final long term;
  private final long index;
  private final long proposedAtMillis;

  FakeContext(RegionView region, long term, long index, long proposedAtMillis) {
    this.region = region;
    this.term = term;
    this.index = index;
    this.proposedAtMillis = proposedAtMillis;
  }

  @Override
  public RegionView region() {
    checkLent();
    return region;
  }

  @Override
  public long term() {
    checkLent();
    return term;
  }

  @Override
  public long index() {
    checkLent();
    return index;
  }

  @Override
  public long proposedAtMillis() {
    checkLent();
    return proposedAtMillis;
  }

  @Override
  public void bypass() {
    checkLent();
  }
}
