package dev.flotilla.node.ctl;

import dev.flotilla.client.PlacementClient;
import dev.flotilla.proto.admin.Operator;
import io.vertx.core.Future;
import java.util.Optional;

/** That an order was refused, as the driver heard of it. */
record OrderRefusal(Operator operator) {
  /**
   * What was refused of the newest order that {@code regionId} got, if anything.
   *
   * @param once whether that order has no steps
   */
  static Future<Optional<OrderRefusal>> of(PlacementClient placement, long regionId, boolean once) {
    return placement
        .operators()
        .map(
            operators ->
                operators.stream()
                    .filter(one -> one.getRegionId() == regionId && !one.getRefusal().isEmpty())
                    .filter(one -> once ? one.getStepsList().isEmpty() : one.getSecondsLeft() > 0)
                    .findFirst()
                    .map(OrderRefusal::new));
  }

  /** For the one who gave the order. */
  String text() {
    long id = operator.getRegionId();
    String again =
        operator.getStepsList().isEmpty()
            ? ""
            : "; it is tried again for %d s, or until operator cancel %d"
                .formatted(operator.getSecondsLeft(), id);
    return "region " + id + ": " + operator.getRefusal() + again;
  }
}
