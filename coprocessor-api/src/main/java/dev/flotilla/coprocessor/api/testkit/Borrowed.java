package dev.flotilla.coprocessor.api.testkit;

/** Something lent for one call. Whoever keeps it learns so at its next use. */
abstract class Borrowed {
  private boolean returned;

  final void giveBack() {
    returned = true;
  }

  final void checkLent() {
    if (returned) {
      throw new IllegalStateException(
          getClass().getSimpleName() + " was kept after its call; copy what you need instead");
    }
  }
}
