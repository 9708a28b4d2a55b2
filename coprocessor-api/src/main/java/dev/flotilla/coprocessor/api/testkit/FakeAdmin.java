package dev.flotilla.coprocessor.api.testkit;

import dev.flotilla.coprocessor.api.AdminCommand;
import dev.flotilla.coprocessor.api.AdminKind;
import dev.flotilla.coprocessor.api.AppliedAdmin;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.PeerChange;
import dev.flotilla.coprocessor.api.PeerView;
import dev.flotilla.coprocessor.api.RegionView;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** An admin command, before or after it is logged. Each use hands out a copy. */
public final class FakeAdmin implements AdminCommand, AppliedAdmin {
  private final AdminKind kind;
  private final List<Bytes> splitKeys;
  private final List<PeerChange> peerChanges;
  private final List<PeerView> transferTargets;
  private final OptionalLong compactIndex;
  private final long index;
  private final long term;
  private boolean altered;

  private FakeAdmin(
      AdminKind kind,
      List<Bytes> splitKeys,
      List<PeerChange> peerChanges,
      List<PeerView> transferTargets,
      OptionalLong compactIndex,
      long index,
      long term) {
    this.kind = kind;
    this.splitKeys = new ArrayList<>(splitKeys);
    this.peerChanges = peerChanges;
    this.transferTargets = transferTargets;
    this.compactIndex = compactIndex;
    this.index = index;
    this.term = term;
  }

  public static FakeAdmin split(Bytes... keys) {
    return new FakeAdmin(
        AdminKind.SPLIT, List.of(keys), List.of(), List.of(), OptionalLong.empty(), 0, 0);
  }

  public static FakeAdmin changePeer(PeerChange... changes) {
    return new FakeAdmin(
        AdminKind.CHANGE_PEER, List.of(), List.of(changes), List.of(), OptionalLong.empty(), 0, 0);
  }

  public static FakeAdmin transferLeader(PeerView... targets) {
    return new FakeAdmin(
        AdminKind.TRANSFER_LEADER,
        List.of(),
        List.of(),
        List.of(targets),
        OptionalLong.empty(),
        0,
        0);
  }

  public static FakeAdmin compactLog(long index) {
    return new FakeAdmin(
        AdminKind.COMPACT_LOG, List.of(), List.of(), List.of(), OptionalLong.of(index), 0, 0);
  }

  FakeAdmin at(long nextIndex, long nextTerm) {
    return new FakeAdmin(
        kind, splitKeys, peerChanges, transferTargets, compactIndex, nextIndex, nextTerm);
  }

  @Override
  public AdminKind kind() {
    return kind;
  }

  @Override
  public List<Bytes> splitKeys() {
    return List.copyOf(splitKeys);
  }

  @Override
  public List<PeerChange> peerChanges() {
    return peerChanges;
  }

  @Override
  public List<PeerView> transferTargets() {
    return transferTargets;
  }

  @Override
  public OptionalLong compactIndex() {
    return compactIndex;
  }

  @Override
  public long index() {
    return index;
  }

  @Override
  public long term() {
    return term;
  }

  @Override
  public List<RegionView> regionsAfter() {
    return List.of();
  }

  @Override
  public void setSplitKey(int position, Bytes key) {
    if (kind != AdminKind.SPLIT) {
      throw new UnsupportedOperationException("a " + kind + " has no split keys");
    }
    splitKeys.set(position, key);
    altered = true;
  }

  @Override
  public boolean isAltered() {
    return altered;
  }
}
