package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.config.StorageConfig;
import dev.flotilla.engine.rocks.RocksSettings;
import org.junit.jupiter.api.Test;

class DataFolderTest {
  @Test
  void settingsHaveTheEnginesDefaults() {
    assertThat(DataFolder.settings(StorageConfig.defaults())).isEqualTo(RocksSettings.defaults());
  }
}
