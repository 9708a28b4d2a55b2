package dev.flotilla.coprocessor.pf4j;

import java.util.ArrayList;
import java.util.List;

/**
 * What is known of a jar without running its code.
 *
 * @param id plugin id; empty when unknown
 * @param version plugin version; empty when unknown
 * @param requires range of API versions; empty when unknown
 * @param observers its coprocessors by class name
 * @param problems why a node would not use it; empty when it would
 * @param notes what its author may want to know
 */
public record CheckReport(
    String id,
    String version,
    String requires,
    List<Observer> observers,
    List<String> problems,
    List<String> notes) {

  /** One coprocessor class: where it stands and which methods it overrides. */
  public record Observer(String className, int priority, boolean mandatory, List<String> hooks) {
    public Observer {
      hooks = List.copyOf(hooks);
    }
  }

  public CheckReport {
    observers = List.copyOf(observers);
    problems = List.copyOf(problems);
    notes = List.copyOf(notes);
  }

  /** The same with one more reason why a node would not use it. */
  public CheckReport withProblem(String problem) {
    List<String> all = new ArrayList<>(problems);
    all.add(problem);
    return new CheckReport(id, version, requires, observers, all, notes);
  }

  /** The same with something more that its author may want to know. */
  public CheckReport withNote(String note) {
    List<String> all = new ArrayList<>(notes);
    all.add(note);
    return new CheckReport(id, version, requires, observers, problems, all);
  }

  /** Whether a node would load it. What its constructors and start do is not known before. */
  public boolean isUsable() {
    return problems.isEmpty();
  }
}
