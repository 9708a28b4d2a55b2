package dev.flotilla.node.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.flotilla.config.HostPort;
import dev.flotilla.config.NodeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigLoaderTest {
  @TempDir private Path folder;

  private Path file(String... lines) throws IOException {
    return Files.write(folder.resolve("node.toml"), List.of(lines));
  }

  @Test
  void hasTheDefaultsWithoutAnything() {
    assertThat(new ConfigLoader().load()).isEqualTo(NodeConfig.defaults());
  }

  @Test
  void shippedFileHasEveryKeyAndIsTheDefaults() {
    Path shipped = Path.of("..", "conf", "node.toml");
    assertThat(SettingsFile.read(shipped).keySet())
        .containsExactlyInAnyOrderElementsOf(
            SettingKey.ALL.stream().map(SettingKey::path).toList());
    assertThat(new ConfigLoader().file(shipped).load()).isEqualTo(NodeConfig.defaults());
  }

  @Test
  void exampleOfThreeNodesNamesEachOtherAndHasOneFounder() {
    List<NodeConfig> nodes =
        Stream.of(1, 2, 3)
            .map(i -> Path.of("..", "conf", "three-nodes", "node-" + i + ".toml"))
            .map(file -> new ConfigLoader().file(file).load())
            .toList();
    assertThat(nodes).filteredOn(node -> node.cluster().bootstrap()).hasSize(1);
    for (NodeConfig node : nodes) {
      assertThat(node.cluster().join())
          .containsExactlyInAnyOrderElementsOf(
              nodes.stream()
                  .filter(other -> !other.equals(node))
                  .map(other -> other.cluster().addr())
                  .toList());
    }
  }

  @Test
  void optionsWinOverVariablesOverFileOverDefaults() throws IOException {
    NodeConfig config =
        new ConfigLoader()
            .file(
                file(
                    "[raftstore]",
                    "base-tick = '50ms'",
                    "leader-lease = '200ms'",
                    "messages-per-tick = 7",
                    "election-ticks-max = 13"))
            .environment(
                Map.of(
                    "FLOTILLA_RAFTSTORE_LEADER_LEASE",
                    "100ms",
                    "FLOTILLA_RAFTSTORE_MESSAGES_PER_TICK",
                    "8"))
            .set("raftstore.messages-per-tick", new RawSetting("9", "option --set"))
            .load();
    assertThat(config.raftStore().baseTick()).isEqualTo(Duration.ofMillis(50));
    assertThat(config.raftStore().electionTicksMax()).isEqualTo(13);
    assertThat(config.raftStore().leaderLease()).isEqualTo(Duration.ofMillis(100));
    assertThat(config.raftStore().messagesPerTick()).isEqualTo(9);
    assertThat(config.raftStore().heartbeatTicks()).isEqualTo(2);
  }

  @Test
  void saysWhichVariablesItIgnores() {
    ConfigLoader loader =
        new ConfigLoader().environment(Map.of("FLOTILLA_BASE_TICK", "1s", "HOME", "/root"));
    assertThat(loader.ignoredVariables())
        .containsExactly(Map.entry("FLOTILLA_BASE_TICK", "FLOTILLA_RAFTSTORE_BASE_TICK"));
  }

  @ParameterizedTest
  @CsvSource({
    "FLOTILLA_RAFTSTORE_BASE_TIK, FLOTILLA_RAFTSTORE_BASE_TICK",
    "FLOTILLA_RAFTSTORE_ELECTION_TICK, FLOTILLA_RAFTSTORE_ELECTION_TICKS",
    "FLOTILLA_DATA_DIR, FLOTILLA_STORAGE_DATA_DIR",
    "FLOTILLA_SERVER_ADR, FLOTILLA_SERVER_ADDR"
  })
  void knowsWhichVariableIsMeant(String written, String meant) {
    ConfigLoader loader = new ConfigLoader().environment(Map.of(written, "1"));
    assertThat(loader.ignoredVariables()).containsEntry(written, meant);
  }

  /** The one that is not within its bounds need not be the one that is wrong. */
  @Test
  void namesBothThatDoNotFitEachOtherAndWhereTheyComeFrom() throws IOException {
    Path file = file("[raftstore]", "election-ticks-max = 12");
    ConfigLoader loader =
        new ConfigLoader()
            .file(file)
            .set("raftstore.election-ticks", new RawSetting("20", "option --set"));
    assertThatThrownBy(loader::load)
        .hasMessage(
            file
                + ":2: raftstore.election-ticks-max: 12 is not within 21 to 20000, because of"
                + " raftstore.election-ticks = 20 (option --set)");
    Path lease = file("[raftstore]", "leader-lease = '800ms'");
    assertThatThrownBy(() -> new ConfigLoader().file(lease).load())
        .hasMessageEndingWith(
            ", because of raftstore.base-tick = 100ms (the default) and raftstore.election-ticks"
                + " = 8 (the default)");
    assertThatThrownBy(() -> ConfigLoader.defaultsWith(Map.of("server.message-bytes-max", "1MiB")))
        .hasMessageContaining("because of raftstore.entry-bytes-max = 8MiB (the default)");
    Map<String, String> large =
        Map.of(
            "raftstore.entry-bytes-max", "32MiB",
            "server.message-bytes-max", "64MiB",
            "server.in-flight-bytes-max", "16MiB");
    assertThatThrownBy(() -> ConfigLoader.defaultsWith(large))
        .hasMessageStartingWith("server.in-flight-bytes-max: server.in-flight-bytes-max: 16MiB is")
        .hasMessageContaining("because of raftstore.entry-bytes-max = 32MiB");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          base-tick = "5ms"        | :2: raftstore.base-tick: 5ms is not within 10ms to 10s
          base-tick = 100          | :2: raftstore.base-tick: '100' is not a duration such as 100ms, 10s, 5m or 1h
          base-tick = ["5ms"]      | :2: raftstore.base-tick: must be a text, a whole number, true or false
          sync-log = "yes"         | :2: raftstore.sync-log: 'yes' is not true or false
          entry-bytes-max = "1MB"  | :2: raftstore.entry-bytes-max: '1MB' is not a size such as 512KiB, 8MiB or 1GiB
          entry-bytes-max = "1GiB" | :2: raftstore.entry-bytes-max: 1GiB is not within 1KiB to 64MiB
          election-ticks = 1.5     | :2: raftstore.election-ticks: must be a text, a whole number, true or false
          election-ticks = 99999999999 | :2: raftstore.election-ticks: 99999999999 is not within 3 to 10000
          election-ticks = -99999999999 | :2: raftstore.election-ticks: -99999999999 is not within 3 to 10000
          entry-bytes-max = "8GiB" | :2: raftstore.entry-bytes-max: 8GiB is not within 1KiB to 64MiB
          log-gc-bytes-limit = "9999999TiB" | :2: raftstore.log-gc-bytes-limit: 9999999TiB is not within 1KiB to 1TiB
          base-tick = "999999999999999999d" | :2: raftstore.base-tick: 999999999999999999d is not within 10ms to 10s
          leader-lease = "800ms"   | :2: raftstore.leader-lease: 800ms is not within 0s to 700ms
          base-tick = "50ms"       | raftstore.leader-lease: 700ms is not within 0s to 350ms
          base-tic = "50ms"        | :2: unknown setting raftstore.base-tic; known are in [raftstore]: sync-log, base-tick
          base-tick                | :2: not TOML
          """)
  void saysWhereAndWhatIsAllowed(String line, String expected) throws IOException {
    Path file = file("[raftstore]", line);
    assertThatThrownBy(() -> new ConfigLoader().file(file).load())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(expected.startsWith(":") ? file + expected : expected)
        .message()
        .doesNotContain("\n");
  }

  static Stream<Arguments> numbers() {
    return SettingKey.ALL.stream()
        .flatMap(
            key ->
                switch (key.kind()) {
                  case INT, LONG, INT_BYTES, LONG_BYTES -> Stream.of(arguments(key.path(), ""));
                  case DURATION -> Stream.of(arguments(key.path(), "ms"));
                  default -> Stream.empty();
                });
  }

  /** None becomes another that is within the range. */
  @ParameterizedTest
  @MethodSource("numbers")
  void whatIsBeyondAllNumbersIsToldWithTheRangeToo(String path, String unit) {
    String text = "99999999999999999999" + unit;
    assertThatThrownBy(() -> ConfigLoader.defaultsWith(Map.of(path, text)))
        .isInstanceOf(ConfigException.class)
        .message()
        .startsWith(path + ": " + path + ": " + text + " is not within ");
  }

  @Test
  void namesTheSectionsWhenThereIsNoSuchSection() throws IOException {
    Path file = file("[raft-store]", "base-tick = '1s'");
    assertThatThrownBy(() -> new ConfigLoader().file(file))
        .hasMessageContaining("the sections node, server, status, cluster, placement, raftstore,");
  }

  @Test
  void namesTheFileThatCannotBeRead() {
    Path missing = folder.resolve("missing.toml");
    assertThatThrownBy(() -> new ConfigLoader().file(missing))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(missing.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0:1, '', true, server.advertise-addr: must be set",
    "[::]:1, '', true, server.advertise-addr: must be set",
    "0.0.0.0:1, 0.0.0.0:1, true, server.advertise-addr: clients cannot connect",
    "0.0.0.0:1, node1:1, false, server.addr: 0.0.0.0:1 can be reached from other machines",
    "192.0.2.1:1, '', false, set server.allow-insecure = true",
    "::1:1, '', false, is not HOST:PORT"
  })
  void refusesAddressesThatNobodyCanUseOrThatAreOpen(
      String addr, String advertised, String insecure, String expected) {
    Map<String, String> values =
        Map.of(
            "server.addr",
            addr,
            "server.advertise-addr",
            advertised,
            "server.allow-insecure",
            insecure);
    assertThatThrownBy(() -> ConfigLoader.defaultsWith(values)).hasMessageContaining(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:5, 127.0.0.1:5, 127.0.0.1:6, cluster.addr: 127.0.0.1:5 has the port of server.addr",
    "127.0.0.1:5, 127.0.0.1:6, 127.0.0.1:5, status.addr: 127.0.0.1:5 has the port of server.addr",
    "127.0.0.1:4, 127.0.0.1:5, 127.0.0.1:5, status.addr: 127.0.0.1:5 has the port of cluster.addr",
    "0.0.0.0:5, 127.0.0.1:6, 127.0.0.1:5, status.addr: 127.0.0.1:5 has the port of server.addr"
  })
  void refusesOnePortForTwo(String server, String cluster, String status, String expected) {
    Map<String, String> addresses =
        Map.of(
            "server.addr", server,
            "server.advertise-addr", "node1:5",
            "server.allow-insecure", "true",
            "cluster.addr", cluster,
            "status.addr", status);
    assertThatThrownBy(() -> ConfigLoader.defaultsWith(addresses)).hasMessageContaining(expected);
  }

  @Test
  void refusesAnOpenStatusPort() {
    assertThatThrownBy(() -> ConfigLoader.defaultsWith(Map.of("status.addr", "node1:1")))
        .hasMessageStartingWith("status.addr: status.addr: node1:1 can be reached");
  }

  @Test
  void takesOpenAddressesWhenToldSo() {
    NodeConfig config =
        ConfigLoader.defaultsWith(
            Map.of(
                "server.addr", "[::]:1",
                "server.advertise-addr", "node1:0",
                "server.allow-insecure", "true",
                "status.addr", ""));
    assertThat(config.server().advertiseAddr()).contains(new HostPort("node1", 0));
    assertThat(config.status().addr()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ca.pem | ''       | ''      | '' | security.cert-path: must be set: ca-path, cert-path and key-path
          ca.pem | cert.pem | ''      | '' | security.key-path: must be set
          ''     | cert.pem | key.pem | '' | security.ca-path: must be set
          ''     | ''       | ''      | a  | security.cert-allowed-cn: nobody shows a certificate
          """)
  void refusesCertificatesByHalves(
      String ca, String cert, String key, String allowed, String expected) {
    assertThatThrownBy(
            () ->
                ConfigLoader.defaultsWith(
                    Map.of(
                        "security.ca-path", ca,
                        "security.cert-path", cert,
                        "security.key-path", key,
                        "security.cert-allowed-cn", allowed)))
        .hasMessageContaining(expected);
  }

  @Test
  void takesOpenAddressesWithCertificates() {
    NodeConfig config =
        ConfigLoader.defaultsWith(
            Map.of(
                "server.addr", "192.0.2.1:1",
                "status.addr", "192.0.2.1:2",
                "cluster.addr", "192.0.2.1:3",
                "security.ca-path", "ca.pem",
                "security.cert-path", "cert.pem",
                "security.key-path", "key.pem",
                "security.cert-allowed-cn", " a, b,"));
    assertThat(config.security().isOn()).isTrue();
    assertThat(config.security().certAllowedCn()).containsExactly("a", "b");
    assertThat(ConfigLoader.describe(config).get("security"))
        .containsEntry("ca-path", "ca.pem")
        .containsEntry("cert-allowed-cn", "a,b");
  }

  @Test
  void describesInTheFormThatItReads() {
    Map<String, Map<String, Object>> shown = ConfigLoader.describe(NodeConfig.defaults());
    ConfigLoader loader = new ConfigLoader();
    shown.forEach(
        (section, keys) ->
            keys.forEach(
                (key, value) ->
                    loader.set(section + "." + key, new RawSetting(value.toString(), "test"))));
    assertThat(loader.load()).isEqualTo(NodeConfig.defaults());
    assertThat(shown.get("raftstore"))
        .containsEntry("base-tick", "100ms")
        .containsEntry("entry-bytes-max", "8MiB")
        .containsEntry("sync-log", true);
  }
}
