package dev.flotilla.pd;

import dev.flotilla.proto.admin.OperateRequest;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.Regions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The changes under way, for people, and the changes that they want. On the driver's thread. */
final class OperatorConsole {
  private final Clock clock;
  private final RegionTree regions;
  private final CommandSink commands;
  private final Consumer<PlacementTask.Leads> look;
  private final RefusedOrders refused;

  /**
   * @param clock by which operators are given up
   * @param regions where they are to change something
   * @param commands takes what leaders are told once
   * @param look tells a region's leader what is due
   */
  OperatorConsole(
      Clock clock, RegionTree regions, CommandSink commands, Consumer<PlacementTask.Leads> look) {
    this.clock = clock;
    this.regions = regions;
    this.commands = commands;
    this.look = look;
    this.refused = new RefusedOrders(clock);
  }

  /**
   * What a region's leader was told was refused.
   *
   * @param driver that drives now, if any
   */
  void onRefused(@Nullable ActiveDriver driver, PlacementTask.OrderRefused order) {
    if (order.once()) {
      refused.onOnce(order.regionId(), order.text());
      return;
    }
    Operator running = driver == null ? null : driver.operators().running(order.regionId());
    if (driver == null || running == null) {
      return;
    }
    if (driver.operators().giveUpIfNotNeeded(running)) {
      refused.onGivenUp(running, order.text());
    } else {
      refused.onStep(running, order.text());
    }
  }

  /** All that run, oldest first; then orders that were refused and do not come again. */
  List<dev.flotilla.proto.admin.Operator> list(ActiveDriver driver) {
    List<dev.flotilla.proto.admin.Operator> all = new ArrayList<>();
    for (Operator operator : driver.operators().list()) {
      all.add(
          describe(operator.regionId(), operator)
              .setSecondsLeft(Math.max(0, operator.deadlineNanos() - clock.nanos()) / 1_000_000_000)
              .setRefusal(refused.ofOperator(operator))
              .build());
    }
    for (RefusedOrders.Ended order : refused.ended()) {
      all.add(describe(order.regionId(), order.operator()).setRefusal(order.text()).build());
    }
    return all;
  }

  private static dev.flotilla.proto.admin.Operator.Builder describe(
      long regionId, @Nullable Operator operator) {
    dev.flotilla.proto.admin.Operator.Builder text =
        dev.flotilla.proto.admin.Operator.newBuilder().setRegionId(regionId);
    return operator == null
        ? text
        : text.setReason(operator.reason())
            .addAllSteps(operator.steps().stream().map(Operator::text).toList());
  }

  /** Begins what is wanted, or says why not. */
  void operate(ActiveDriver driver, OperateRequest request, Answer<Boolean> answer) {
    PlacementTask.Leads leads = regions.report(request.getRegionId());
    if (leads == null || Regions.isSystem(leads.region())) {
      String reason = "there is no region " + request.getRegionId();
      if (regions.isTiled()) {
        answer.refused(reason);
      } else {
        answer.unavailable(reason + ", as far as is known yet");
      }
      return;
    }
    refused.forget(request.getRegionId());
    if (OperatorRequests.isToldOnce(request)) {
      commands.send(leads.leader().getStoreId(), OperatorRequests.word(request, leads));
      answer.done(true);
    } else if (OperatorRequests.needsId(request)) {
      driver.allocate(
          1, Answer.of(id -> begin(driver, request, leads, id, answer), answer::unavailable));
    } else {
      begin(driver, request, leads, 0, answer);
    }
  }

  private void begin(
      ActiveDriver driver,
      OperateRequest request,
      PlacementTask.Leads leads,
      long peerId,
      Answer<Boolean> answer) {
    List<Operator.Step> steps;
    try {
      steps = OperatorRequests.steps(request, leads, driver.stores(), peerId);
    } catch (IllegalArgumentException e) {
      answer.refused(String.valueOf(e.getMessage()));
      return;
    }
    driver
        .operators()
        .ask(
            new Operator(
                request.getRegionId(), "asked-for", steps, driver.operators().deadlineNanos()));
    look.accept(leads);
    answer.done(true);
  }
}
