package dev.flotilla.server;

import dev.flotilla.proto.admin.AdminGrpcService;
import dev.flotilla.proto.admin.CancelOperatorRequest;
import dev.flotilla.proto.admin.CancelOperatorResponse;
import dev.flotilla.proto.admin.OperateRequest;
import dev.flotilla.proto.admin.OperateResponse;
import dev.flotilla.proto.admin.OperatorsRequest;
import dev.flotilla.proto.admin.OperatorsResponse;
import dev.flotilla.proto.admin.RemoveTombstonesRequest;
import dev.flotilla.proto.admin.RemoveTombstonesResponse;
import dev.flotilla.proto.admin.SetStoreStateRequest;
import dev.flotilla.proto.admin.SetStoreStateResponse;
import dev.flotilla.proto.admin.StoreStatusesRequest;
import dev.flotilla.proto.admin.StoreStatusesResponse;

/** {@code flotilla.Admin}: what operators of a cluster ask the placement driver. */
final class AdminService {
  private AdminService() {}

  static void addTo(PdMethods methods) {
    methods.add(
        AdminGrpcService.Operators,
        OperatorsRequest::getHeader,
        header -> OperatorsResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            driver.operators(
                call.answer(
                    operators ->
                        OperatorsResponse.newBuilder()
                            .setHeader(call.header())
                            .addAllOperators(operators)
                            .build())));
    methods.add(
        AdminGrpcService.Operate,
        OperateRequest::getHeader,
        header -> OperateResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            driver.operate(
                request,
                call.answer(
                    done -> OperateResponse.newBuilder().setHeader(call.header()).build())));
    methods.add(
        AdminGrpcService.CancelOperator,
        CancelOperatorRequest::getHeader,
        header -> CancelOperatorResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            driver.cancelOperator(
                request.getRegionId(),
                call.answer(
                    found ->
                        CancelOperatorResponse.newBuilder()
                            .setHeader(call.header())
                            .setFound(found)
                            .build())));
    methods.add(
        AdminGrpcService.SetStoreState,
        SetStoreStateRequest::getHeader,
        header -> SetStoreStateResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            driver.setStoreState(
                request.getStoreId(),
                request.getState(),
                call.answer(
                    store ->
                        SetStoreStateResponse.newBuilder()
                            .setHeader(call.header())
                            .setStore(store)
                            .build())));
    methods.add(
        AdminGrpcService.StoreStatuses,
        StoreStatusesRequest::getHeader,
        header -> StoreStatusesResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            driver.storeStatuses(
                call.answer(
                    stores ->
                        StoreStatusesResponse.newBuilder()
                            .setHeader(call.header())
                            .addAllStores(stores)
                            .build())));
    methods.add(
        AdminGrpcService.RemoveTombstones,
        RemoveTombstonesRequest::getHeader,
        header -> RemoveTombstonesResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            driver.removeTombstones(
                call.answer(
                    ids ->
                        RemoveTombstonesResponse.newBuilder()
                            .setHeader(call.header())
                            .addAllStoreIds(ids)
                            .build())));
  }
}
