package dev.flotilla.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeysTest {
  private static final HexFormat HEX = HexFormat.of();

  private static byte[] bytes(String hex) {
    return HEX.parseHex(hex);
  }

  private static String hex(byte[] bytes) {
    return HEX.formatHex(bytes);
  }

  @Test
  void laysOutKeysOfTheStore() {
    assertThat(hex(Keys.storeIdentKey())).isEqualTo("0101");
    assertThat(hex(Keys.prepareBootstrapKey())).isEqualTo("0102");
    assertThat(hex(Keys.formatVersionKey())).isEqualTo("0104");
    assertThat(Keys.localRange()).isEqualTo(new KeyRange(bytes("01"), bytes("02")));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0000000000000001",
    "258, 0000000000000102",
    "9223372036854775807, 7fffffffffffffff",
    "-1, ffffffffffffffff"
  })
  void laysOutKeysOfARegion(long id, String idHex) {
    assertThat(hex(Keys.regionStateKey(id))).isEqualTo("0103" + idHex + "01");
    assertThat(hex(Keys.raftLogKey(id, 7))).isEqualTo("0102" + idHex + "010000000000000007");
    assertThat(hex(Keys.raftStateKey(id))).isEqualTo("0102" + idHex + "02");
    assertThat(hex(Keys.applyStateKey(id))).isEqualTo("0102" + idHex + "03");
    assertThat(hex(Keys.snapshotRaftStateKey(id))).isEqualTo("0102" + idHex + "04");
    assertThat(Keys.regionIdOfStateKey(Keys.regionStateKey(id))).isEqualTo(id);
    assertThat(Keys.raftLogIndex(Keys.raftLogKey(id, 7))).isEqualTo(7);
  }

  @Test
  void rangesHoldWhatTheySayAndNothingElse() {
    assertThat(Keys.regionStateRange()).isEqualTo(new KeyRange(bytes("0103"), bytes("0104")));
    KeyRange region = Keys.raftRange(0xFF);
    assertThat(region)
        .isEqualTo(new KeyRange(bytes("010200000000000000ff"), bytes("010200000000000001")));
    assertThat(region.contains(Keys.raftLogKey(0xFF, -1))).isTrue();
    assertThat(region.contains(Keys.snapshotRaftStateKey(0xFF))).isTrue();
    assertThat(region.contains(Keys.raftLogKey(0x100, 0))).isFalse();
    assertThat(region.contains(Keys.prepareBootstrapKey())).isFalse();
    assertThat(Keys.raftLogRange(2).contains(Keys.raftLogKey(2, -1))).isTrue();
    assertThat(Keys.raftLogRange(2).contains(Keys.raftStateKey(2))).isFalse();
    assertThat(Keys.raftLogRange(2, 5, 7).contains(Keys.raftLogKey(2, 6))).isTrue();
    assertThat(Keys.raftLogRange(2, 5, 7).contains(Keys.raftLogKey(2, 7))).isFalse();
    assertThat(Keys.raftRange(-1).contains(Keys.raftStateKey(-1))).isTrue();
    assertThat(Keys.raftRange(-1).contains(Keys.regionStateKey(0))).isFalse();
  }

  @Test
  void laysOutUserData() {
    assertThat(hex(Keys.dataKey(bytes("")))).isEqualTo("7a");
    assertThat(hex(Keys.dataKey(bytes("00ff")))).isEqualTo("7a00ff");
    assertThat(hex(Keys.dataEndKey(bytes("61")))).isEqualTo("7a61");
    assertThat(hex(Keys.dataEndKey(bytes("")))).isEqualTo("7b");
    assertThat(hex(Keys.originKey(bytes("7a61")))).isEqualTo("61");
    assertThat(Keys.dataRange(bytes(""), bytes(""))).isEqualTo(Keys.dataRange());
    assertThat(Keys.dataRange()).isEqualTo(new KeyRange(bytes("7a"), bytes("7b")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0102",
        "0102000000000000000101", // no index
        "010200000000000000010100000000000000", // short
        "01020000000000000001010000000000000001ff", // long
        "01020000000000000001020000000000000001", // another suffix
        "01030000000000000001010000000000000001" // another prefix
      })
  void rejectsWhatIsNoLogKey(String hex) {
    assertThatThrownBy(() -> Keys.raftLogIndex(bytes(hex))).isInstanceOf(EngineException.class);
  }

  @Test
  void rejectsOtherKeys() {
    assertThatThrownBy(() -> Keys.regionIdOfStateKey(Keys.applyStateKey(1)))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("0102000000000000000103");
    assertThatThrownBy(() -> Keys.originKey(bytes("61"))).isInstanceOf(EngineException.class);
    assertThatThrownBy(() -> Keys.originKey(bytes(""))).isInstanceOf(EngineException.class);
  }

  @Test
  void reservesTheEndOfTheKeySpace() {
    assertThat(hex(Keys.reserved())).isEqualTo("ffffffffffffffff" + "ff" + "0000000000000000f7");
    assertThat(Keys.isReserved(Keys.reserved())).isTrue();
    assertThat(Keys.isReserved(bytes("ffffffffffffffff"))).isFalse();
    assertThat(Keys.isReserved(Memcomparable.encode(bytes("fffffffffffffffe")))).isFalse();
    assertThat(Keys.isReserved(bytes("ffffffffffffffffffff"))).isTrue();
  }
}
