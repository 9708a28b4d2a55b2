package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenFilesTest {
  /** A limit below 0 is none; as many files as there are count for nothing but the rest. */
  @ParameterizedTest
  @CsvSource({
    "4096, 9215, true",
    "4096, 9216, false",
    "4096, -1, false",
    "64, 1152, false",
    "-1, 1023, true",
    "-1, 1024, false",
    "10000000, 20001023, true"
  })
  void warnsOfALimitBelowWhatSettingsTake(int openFilesMax, long limit, boolean warned) {
    assertThat(OpenFiles.warning(openFilesMax, limit).isPresent()).isEqualTo(warned);
  }

  @ParameterizedTest
  @CsvSource({
    "4096, 1000, 'may have 1000 open files, but 4096 of each of two databases (storage.open-files-max)"
        + " and one for each connection come to 9216 or more'",
    "-1, 500, 'may have 500 open files, but all files of two databases (storage.open-files-max)"
        + " and one for each connection come to 1024 or more'"
  })
  void givesTheFigures(int openFilesMax, long limit, String expected) {
    assertThat(OpenFiles.warning(openFilesMax, limit).orElseThrow()).contains(expected);
  }
}
