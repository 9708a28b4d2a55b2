package dev.flotilla.raftstore;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.RegionEpoch;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HashVerdictTest {
  private static final long INDEX = 9;

  /** Peer ids from 1 on, a letter each: v votes, l learns, q votes and is in quarantine. */
  private static Region region(long id, String members) {
    Region.Builder region =
        Region.newBuilder()
            .setId(id)
            .setRegionEpoch(RegionEpoch.newBuilder().setConfVer(5).setVersion(3));
    for (int i = 0; i < members.length(); i++) {
      region.addPeers(
          Peer.newBuilder()
              .setId(i + 1)
              .setStoreId(10 + i)
              .setRole(members.charAt(i) == 'l' ? PeerRole.Learner : PeerRole.Voter)
              .setQuarantined(members.charAt(i) == 'q'));
    }
    return region.build();
  }

  /** A letter a peer is its hash; a dash stands for no report. */
  private static SortedMap<Long, ByteString> reports(String hashes) {
    SortedMap<Long, ByteString> reports = new TreeMap<>();
    for (int i = 0; i < hashes.length(); i++) {
      if (hashes.charAt(i) != '-') {
        reports.put(i + 1L, ByteString.copyFromUtf8(hashes.substring(i, i + 1)));
      }
    }
    return reports;
  }

  @ParameterizedTest
  @CsvSource({
    // members, reports, no more to come, winner and who differs
    "vvv, ---, false, unknown",
    "vvv, a--, false, unknown",
    "vvv, a--, true, unknown",
    "vvv, aa-, false, a",
    "vvv, aaa, false, a",
    "vvv, aab, false, a 3",
    "vvv, baa, false, a 1",
    "vvv, ab-, false, unknown",
    "vvv, ab-, true, nobody 1 2",
    "vvv, abc, false, nobody 1 2 3",
    "vv, ab, false, nobody 1 2",
    "vv, aa, false, a",
    "v, a, false, a",
    "vvvv, aabb, false, nobody 1 2 3 4",
    "vvvv, aaab, false, a 4",
    "vvvvv, aab--, false, unknown",
    "vvvvv, aaabc, false, a 4 5",
    "vvvvv, aabbc, false, nobody 1 2 3 4 5",
    // Learners are judged, and judge nobody.
    "vvvl, aaab, false, a 4",
    "vvll, abbb, false, nobody 1 2 3 4",
    "vlll, abbb, false, a 2 3 4",
    "vll, -ab, true, unknown",
    // Who was wrong before is still counted.
    "vvq, aab, false, a 3",
    "vvq, acb, false, nobody 1 2 3",
    "vvq, ac-, true, nobody 1 2",
  })
  void aStrictMajorityOfTheVotersDecides(
      String members, String hashes, boolean last, String expected) {
    HashVerdict verdict = HashVerdict.of(region(7, members), INDEX, reports(hashes), last);
    assertThat(describe(verdict)).isEqualTo(expected);
  }

  private static String describe(@Nullable HashVerdict verdict) {
    if (verdict == null) {
      return "unknown";
    }
    StringBuilder text = new StringBuilder(verdict.isDispute() ? "nobody" : "");
    text.append(verdict.hash().toStringUtf8());
    verdict.differing().keySet().forEach(peer -> text.append(' ').append(peer));
    return text.toString();
  }

  @ParameterizedTest
  @CsvSource({
    // region, members, disputed before, reports, members and dispute after, whether that is new
    "7, vvv, false, aaa, vvv, false, false",
    "7, vvv, false, aab, vvq, false, true",
    "7, vvq, false, aab, vvq, false, false",
    "7, vvv, false, abc, vvv, true, true",
    "7, vvv, true, abc, vvv, true, false",
    "7, vvv, true, aaa, vvv, false, true",
    "7, vvv, true, aba, vqv, false, true",
    // Who agrees again may have been written over: the disk is as bad as before.
    "7, vvq, false, aaa, vvq, false, false",
    // Without placement nobody could decide.
    "4, vvv, false, abc, vvv, false, false",
    "4, vvv, false, abb, qvv, false, true",
  })
  void theVerdictIsPartOfTheRegion(
      long id,
      String members,
      boolean disputed,
      String hashes,
      String membersAfter,
      boolean disputedAfter,
      boolean isNew) {
    Region region = region(id, members).toBuilder().setDisputed(disputed).build();
    HashVerdict verdict = HashVerdict.of(region, INDEX, reports(hashes), true);
    Region changed = verdict == null ? null : verdict.applyTo(region);
    assertThat(changed != null).isEqualTo(isNew);
    if (changed == null) {
      return;
    }
    Region expected = region(id, membersAfter);
    assertThat(changed.getPeersList()).isEqualTo(expected.getPeersList());
    assertThat(changed.getDisputed()).isEqualTo(disputedAfter);
    assertThat(changed.getRegionEpoch().getConfVer()).isEqualTo(6);
    assertThat(changed.getRegionEpoch().getVersion()).isEqualTo(3);
  }

  private static HashVerdict certain(String members, String hashes) {
    return Objects.requireNonNull(HashVerdict.of(region(7, members), INDEX, reports(hashes), true));
  }

  @Test
  void goesThroughTheLogUnchanged() {
    HashVerdict verdict = certain("vvvl", "aabb");
    assertThat(HashVerdict.of(verdict.toRequest())).isEqualTo(verdict);
  }

  @Test
  void aMemberThatIsGoneIsNotJudged() {
    HashVerdict verdict = HashVerdict.of(region(7, "vvv"), INDEX, reports("aaab"), true);
    assertThat(describe(verdict)).isEqualTo("a");
  }

  @Test
  void namesRegionIndexStoresAndHashes() {
    Region region = region(7, "vvv");
    assertThat(certain("vvv", "aab").text(region))
        .isEqualTo(
            "replicas of region 7 differ as of index 9: the majority has 61, peer 3 on store 12"
                + " has 62");
    assertThat(certain("vvv", "ab-").text(region))
        .isEqualTo(
            "replicas of region 7 differ as of index 9 and no majority agrees: peer 1 on store 10"
                + " has 61, peer 2 on store 11 has 62");
  }
}
