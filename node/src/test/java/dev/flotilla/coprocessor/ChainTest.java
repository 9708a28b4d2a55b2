package dev.flotilla.coprocessor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.coprocessor.api.AdminCommand;
import dev.flotilla.coprocessor.api.AdminObserver;
import dev.flotilla.coprocessor.api.Observes;
import dev.flotilla.coprocessor.api.OnError;
import dev.flotilla.coprocessor.api.ProposeContext;
import dev.flotilla.coprocessor.api.QueryBatch;
import dev.flotilla.coprocessor.api.QueryObserver;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChainTest {

  @Observes(priority = 10)
  private static class Early implements QueryObserver {
    @Override
    public void preProposeQuery(ProposeContext context, QueryBatch batch) {}
  }

  private static final class AlsoEarly extends Early {}

  @Observes(priority = 900, mandatory = true, onError = OnError.FAIL_OPEN)
  private static final class Late implements QueryObserver, AdminObserver {
    @Override
    public void preProposeAdmin(ProposeContext context, AdminCommand command) {}
  }

  private static final class Unmarked implements QueryObserver {}

  @Test
  void ordersByPriorityThenPluginThenClass() {
    Registration late = Registration.of("a", "1", new Late());
    Registration unmarked = Registration.of("a", "1", new Unmarked());
    Registration early = Registration.of("b", "1", new Early());
    Registration alsoEarly = Registration.of("b", "1", new AlsoEarly());
    Registration earlyToo = Registration.of("a", "1", new Early(), 10, null);

    List<Registration> registrations = List.of(late, early, unmarked, earlyToo, alsoEarly);
    List<String> order =
        Chain.of(registrations).status().stream()
            .map(status -> status.pluginId() + ":" + shortName(status.className()))
            .toList();

    assertThat(order)
        .containsExactly(
            "a:Early",
            "b:AlsoEarly",
            "b:Early",
            "flotilla.split:SplitObserver",
            "a:Unmarked",
            "a:Late");
  }

  @Test
  void doesNotDependOnTheOrderOfLoading() {
    Registration one = Registration.of("x", "1", new Early());
    Registration two = Registration.of("y", "1", new Early());

    assertThat(Chain.of(List.of(one, two)).status())
        .isEqualTo(Chain.of(List.of(two, one)).status());
  }

  @Test
  void findsTheHooksThatAClassOverrides() {
    assertThat(Hook.overriddenBy(Early.class)).containsExactly(Hook.PRE_PROPOSE_QUERY);
    assertThat(Hook.overriddenBy(AlsoEarly.class)).containsExactly(Hook.PRE_PROPOSE_QUERY);
    assertThat(Hook.overriddenBy(Late.class)).containsExactly(Hook.PRE_PROPOSE_ADMIN);
    assertThat(Hook.overriddenBy(Unmarked.class)).isEmpty();
  }

  @Test
  void takesMarksFromTheClassUnlessToldOtherwise() {
    Registration asMarked = Registration.of("p", "1", new Late());
    assertThat(asMarked.priority).isEqualTo(900);
    assertThat(asMarked.mandatory).isTrue();
    assertThat(asMarked.onError).isEqualTo(OnError.FAIL_OPEN);

    Registration told = Registration.of("p", "1", new Late(), 5, OnError.FAIL_CLOSED);
    assertThat(told.priority).isEqualTo(5);
    assertThat(told.onError).isEqualTo(OnError.FAIL_CLOSED);
  }

  private static String shortName(String className) {
    return className.substring(
        Math.max(className.lastIndexOf('$'), className.lastIndexOf('.')) + 1);
  }
}
