package dev.flotilla.sim.planted;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The simulator must find what it is for. {@code -Dsim.planted=all} looks for every bug, {@code
 * -Dsim.planted=M1,M9} for some, for at most {@code -Dsim.planted.seconds} each and from {@code
 * -Dsim.first} on; by default only for a few that are found at once.
 */
class PlantedBugsTest {
  private static final String QUICK = "M9,M10,M12";

  /** Loads the hunt with the bug in it and lets it run; only the JDK's types cross over. */
  private static Object[] hunt(PlantedBug bug, long first, long seconds) {
    try {
      Class<?> hunt = MutantLoader.of(bug.sources()).loadClass("dev.flotilla.sim.cluster.SeedHunt");
      return (Object[]) hunt.getMethod("hunt", long.class, long.class).invoke(null, first, seconds);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(bug.name(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(bug.name(), e);
    }
  }

  @Test
  void everyBugCanBePlanted() {
    for (PlantedBug bug : PlantedBugs.ALL) {
      assertThat(MutantLoader.of(bug.sources())).as(bug.name()).isNotNull();
    }
  }

  @Test
  void findsPlantedBugs() {
    String wanted = System.getProperty("sim.planted", QUICK);
    long seconds = Long.getLong("sim.planted.seconds", 60);
    long first = Long.getLong("sim.first", 1);
    List<String> names = Arrays.asList(wanted.split(","));
    List<String> missed = new ArrayList<>();
    for (PlantedBug bug : PlantedBugs.ALL) {
      if (!wanted.equals("all") && !names.contains(bug.name())) {
        continue;
      }
      Object[] caught = hunt(bug, first, seconds);
      System.out.printf(
          "%-4s %-60s %s after %s seeds, %s s: %s%n",
          bug.name(), bug.what(), caught[0], caught[1], Math.round((double) caught[2]), caught[3]);
      if (!caught[0].equals("caught")) {
        missed.add(bug.name());
      }
    }
    assertThat(missed).as("planted bugs that were not found").isEmpty();
  }
}
