package dev.flotilla.node.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class PluginDifferencesTest {
  private static JsonObject row(long store, String plugin, String version, String state) {
    return new JsonObject()
        .put("store", store)
        .put("plugin", plugin)
        .put("version", version)
        .put("state", state);
  }

  private static List<String> of(JsonObject... rows) {
    return PluginDifferences.of(List.of(1L, 2L, 3L), List.of(rows));
  }

  @Test
  void whereAllStoresAreAlikeNothingIsSaid() {
    assertThat(of()).isEmpty();
    assertThat(
            of(
                row(1, "seal", "1.0.0", "active"),
                row(1, "seal", "1.0.0", "active"),
                row(2, "seal", "1.0.0", "active"),
                row(3, "seal", "1.0.0", "active"),
                row(3, "other", "1.0.0", "disabled")))
        .isEmpty();
  }

  @Test
  void aStoreThatDoesNotUseAPluginIsNamed() {
    assertThat(
            of(
                row(1, "seal", "1.0.0", "active"),
                row(2, "seal", "1.0.0", "failed"),
                row(2, "quota", "2.0", "active")))
        .containsExactly(
            "plugin quota is active as 2.0 on store 2, not at all on store 1 3: what it does"
                + " depends on who leads",
            "plugin seal is active as 1.0.0 on store 1, not at all on store 2 3: what it does"
                + " depends on who leads");
  }

  @Test
  void versionsThatDifferAreNamed() {
    assertThat(
            of(
                row(1, "seal", "1.0.0", "active"),
                row(2, "seal", "1.1.0", "active"),
                row(3, "seal", "1.0.0", "active")))
        .containsExactly(
            "plugin seal is active as 1.0.0 on store 1 3, 1.1.0 on store 2: what it does depends"
                + " on who leads");
  }
}
