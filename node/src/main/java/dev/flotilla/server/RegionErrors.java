package dev.flotilla.server;

import dev.flotilla.proto.errorpb.DiskFull;
import dev.flotilla.proto.errorpb.EpochNotMatch;
import dev.flotilla.proto.errorpb.Error;
import dev.flotilla.proto.errorpb.KeyNotInRegion;
import dev.flotilla.proto.errorpb.NotLeader;
import dev.flotilla.proto.errorpb.RaftEntryTooLarge;
import dev.flotilla.proto.errorpb.RegionNotFound;
import dev.flotilla.proto.errorpb.ServerIsBusy;
import dev.flotilla.proto.errorpb.StaleCommand;
import dev.flotilla.proto.errorpb.StoreNotMatch;
import dev.flotilla.proto.errorpb.UndeterminedResult;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Refusal;

/** Refusals as clients know them. Exactly one detail is set, or none when there is none for it. */
final class RegionErrors {
  private RegionErrors() {}

  static Error of(Refusal refusal) {
    Error.Builder error = Error.newBuilder().setMessage(refusal.text());
    if (refusal instanceof Refusal.NotLeader notLeader) {
      NotLeader.Builder detail = NotLeader.newBuilder().setRegionId(notLeader.regionId);
      if (notLeader.leader != null) {
        detail.setLeader(notLeader.leader);
      }
      error.setNotLeader(detail);
    } else if (refusal instanceof Refusal.RegionNotFound notFound) {
      error.setRegionNotFound(RegionNotFound.newBuilder().setRegionId(notFound.regionId));
    } else if (refusal instanceof Refusal.KeyNotInRegion outside) {
      Region region = Edge.out(outside.region);
      error.setKeyNotInRegion(
          KeyNotInRegion.newBuilder()
              .setKey(outside.key)
              .setRegionId(region.getId())
              .setStartKey(region.getStartKey())
              .setEndKey(region.getEndKey()));
    } else if (refusal instanceof Refusal.EpochNotMatch epoch) {
      EpochNotMatch.Builder detail = EpochNotMatch.newBuilder();
      epoch.regions.stream()
          .filter(Edge::isVisible)
          .map(Edge::out)
          .forEach(detail::addCurrentRegions);
      error.setEpochNotMatch(detail);
    } else if (refusal instanceof Refusal.StoreNotMatch store) {
      error.setStoreNotMatch(
          StoreNotMatch.newBuilder()
              .setRequestStoreId(store.requestStoreId)
              .setActualStoreId(store.actualStoreId));
    } else if (refusal instanceof Refusal.ServerIsBusy || refusal instanceof Refusal.OutOfService) {
      // The one detail that makes every client wait and then ask again.
      error.setServerIsBusy(ServerIsBusy.newBuilder().setReason(refusal.text()));
    } else if (refusal instanceof Refusal.DiskFull full) {
      error.setDiskFull(
          DiskFull.newBuilder().addAllStoreId(full.storeIds).setReason(refusal.text()));
    } else if (refusal instanceof Refusal.StaleCommand) {
      error.setStaleCommand(StaleCommand.getDefaultInstance());
    } else if (refusal instanceof Refusal.RaftEntryTooLarge large) {
      error.setRaftEntryTooLarge(
          RaftEntryTooLarge.newBuilder()
              .setRegionId(large.regionId)
              .setEntrySize(large.entryBytes));
    } else if (refusal instanceof Refusal.Undetermined) {
      error.setUndeterminedResult(UndeterminedResult.newBuilder().setMessage(refusal.text()));
    }
    return error.build();
  }
}
