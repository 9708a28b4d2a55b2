package dev.flotilla.coprocessor.api;

/** Version of this API, by the rules of semantic versioning. */
public final class ApiVersion {
  /**
   * What a plugin's {@code Plugin-Requires} is compared with. Grows in its last place for repairs,
   * in the middle for additions, in front when plugins must be compiled anew.
   */
  public static final String CURRENT = "1.2.0";

  private ApiVersion() {}
}
