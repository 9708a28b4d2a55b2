package dev.flotilla.raftstore.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.proto.disk_usage.DiskUsage;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.raft.Entry;
import dev.flotilla.raft.EntryList;
import dev.flotilla.raft.EntryType;
import dev.flotilla.raft.Message;
import dev.flotilla.raft.MsgType;
import dev.flotilla.raft.Payload;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.store.Bootstrap;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a leader on store 1 does without, and for whom, as disks have little space left. */
class DiskGuardTest {
  private final StoreDisks disks = new StoreDisks(1);
  private final Set<Long> silent = new HashSet<>();
  private final DiskGuard guard = new DiskGuard(disks, 1, id -> !silent.contains(id));

  /** A letter a store, from store 1 on: space, almost full, full, dead. */
  private void set(String usages) {
    silent.clear();
    for (int i = 0; i < usages.length(); i++) {
      DiskUsage usage =
          switch (usages.charAt(i)) {
            case 'a' -> DiskUsage.AlmostFull;
            case 'f' -> DiskUsage.AlreadyFull;
            default -> DiskUsage.Normal;
          };
      if (i == 0) {
        disks.onOwn(usage);
      } else {
        disks.onHeard(i + 1L, usage);
      }
      if (usages.charAt(i) == 'd') {
        silent.add(10L + i);
      }
    }
  }

  /** A letter a store, from store 1 on: voter, learner, incoming, demoting. */
  private static Region region(String roles) {
    Region.Builder region = Region.newBuilder().setId(2);
    for (int i = 0; i < roles.length(); i++) {
      PeerRole role =
          switch (roles.charAt(i)) {
            case 'v' -> PeerRole.Voter;
            case 'l' -> PeerRole.Learner;
            case 'i' -> PeerRole.IncomingVoter;
            default -> PeerRole.DemotingVoter;
          };
      region.addPeers(Peer.newBuilder().setId(10 + i).setStoreId(i + 1L).setRole(role));
    }
    return region.build();
  }

  private static RaftCmdRequest data(CmdType type) {
    return RaftCmdRequest.newBuilder().addRequests(Request.newBuilder().setCmdType(type)).build();
  }

  private static RaftCmdRequest admin(AdminCmdType type) {
    RaftCmdRequest.Builder command = RaftCmdRequest.newBuilder();
    command.getAdminRequestBuilder().setCmdType(type);
    return command.build();
  }

  private String taken(Region region) {
    StringBuilder taken = new StringBuilder();
    for (CmdType type : new CmdType[] {CmdType.Put, CmdType.CompareAndSwap, CmdType.Delete}) {
      try {
        guard.check(region, data(type));
        taken.append(type.name().charAt(0));
      } catch (Refusal.DiskFull full) {
        taken.append('-');
      }
    }
    guard.check(region, admin(AdminCmdType.CompactLog));
    return taken.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "vvv,   sss,   PCD",
    "vvv,   saa,   --D",
    "vvv,   sas,   PCD",
    "vvv,   sff,   ---",
    "vvv,   sfa,   --D",
    "vvv,   sfs,   PCD",
    "vvv,   ass,   --D",
    "vvv,   fss,   ---",
    "vvvvv, ssaas, PCD",
    "vvvvv, saaas, --D",
    "vvvvv, sfffs, ---",
    "vvvll, sssff, PCD",
    "vvvll, saaff, --D",
    "vvdi,  ssaa,  PCD",
    "vvdi,  sssa,  PCD",
    "vvdi,  sasa,  --D",
    "vvdi,  saas,  --D",
    "vvv,   sdd,   PCD",
    "vvv,   sad,   --D",
    "vvv,   sfd,   ---",
    "vvv,   fsd,   ---",
    "v,     s,     PCD",
    "v,     a,     --D",
  })
  void takesWhatThereIsSpaceFor(String roles, String usages, String taken) {
    set(usages);
    assertThat(taken(region(roles))).isEqualTo(taken);
  }

  @Test
  void namesTheStoresAndWhatIsTaken() {
    set("saf");
    assertThatThrownBy(() -> guard.check(region("vvv"), data(CmdType.Put)))
        .isInstanceOf(Refusal.DiskFull.class)
        .hasMessage("no new data is taken: the disks of stores 2, 3 are almost full");
    set("fss");
    assertThatThrownBy(() -> guard.check(region("vvv"), data(CmdType.Delete)))
        .isInstanceOf(Refusal.DiskFull.class)
        .hasMessage("no writes are taken: the disk of store 1 is full");
  }

  @Test
  void isWellAgainWithSpace() {
    set("fff");
    set("sss");
    assertThat(taken(region("vvv"))).isEqualTo("PCD");
  }

  @Test
  void theDriverGoesOn() {
    set("fff");
    Region system = region("vvv").toBuilder().setId(Bootstrap.SYSTEM_REGION_ID).build();
    assertThat(taken(system)).isEqualTo("PCD");
    assertThat(guard.withholds(append(data(CmdType.Put)), system, system.getPeers(1))).isFalse();
    assertThat(guard.holdsBack(system)).isFalse();
  }

  private static Message append(RaftCmdRequest command) {
    Entry entry =
        new Entry(1, 1, EntryType.NORMAL, Payload.of(command.toByteArray()), Payload.EMPTY);
    return Message.builder(MsgType.APPEND).from(10).to(11).entries(EntryList.of(entry)).build();
  }

  @ParameterizedTest
  @CsvSource({
    "sfs, Put,  true",
    "sfa, Put,  true",
    "sff, Put,  false",
    "sas, Put,  false",
    "sss, Put,  false",
    "sfd, Put,  false",
    "sfs, ,     false",
  })
  void leavesAFullFollowerBehindIfOthersHaveSpace(String usages, CmdType type, boolean withheld) {
    set(usages);
    RaftCmdRequest command = type == null ? admin(AdminCmdType.CompactLog) : data(type);
    Region region = region("vvv");
    assertThat(guard.withholds(append(command), region, region.getPeers(1))).isEqualTo(withheld);
    assertThat(guard.withholds(append(command), region, region.getPeers(0))).isFalse();
  }

  @Test
  void aFullLearnerAndAFullIncomingVoterAreLeftBehindAsWell() {
    set("sssf");
    for (String roles : new String[] {"vvvl", "vvdi"}) {
      Region region = region(roles);
      assertThat(guard.withholds(append(data(CmdType.Put)), region, region.getPeers(3)))
          .as(roles)
          .isTrue();
    }
    set("sfsf");
    Region joint = region("vvdi");
    assertThat(guard.withholds(append(data(CmdType.Put)), joint, joint.getPeers(3))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "sss, false",
    "ass, true",
    "fss, true",
    "aas, false",
    "asd, false",
    "saa, false",
    "afs, false"
  })
  void standsInTheWayIfOthersHaveSpace(String usages, boolean standing) {
    set(usages);
    assertThat(guard.holdsBack(region("vvv"))).isEqualTo(standing);
  }
}
