package dev.flotilla.coprocessor;

import static dev.flotilla.coprocessor.Commands.REGION;
import static dev.flotilla.coprocessor.Commands.hostOf;
import static dev.flotilla.coprocessor.Commands.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.ObserverContext;
import dev.flotilla.coprocessor.api.ProposeContext;
import dev.flotilla.coprocessor.api.QueryBatch;
import dev.flotilla.coprocessor.api.QueryKind;
import dev.flotilla.coprocessor.api.QueryView;
import dev.flotilla.coprocessor.api.ReadObserver;
import dev.flotilla.coprocessor.api.ReadResult;
import dev.flotilla.coprocessor.api.RejectedException;
import dev.flotilla.coprocessor.api.RejectedException.Code;
import dev.flotilla.raftstore.Refusal;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadCallsTest {
  private static final Bytes PREFIX = Bytes.utf8("t1/");

  /** Gives a tenant a key space of its own, and hides what is marked as secret. */
  private static final class Tenant implements ReadObserver {
    @Override
    public void preRead(ProposeContext context, QueryBatch batch) throws RejectedException {
      for (int i = 0; i < batch.size(); i++) {
        if (batch.key(i).toUtf8().equals("denied")) {
          throw new RejectedException(Code.DENIED, "not yours");
        }
        batch.setKey(i, PREFIX.concat(batch.key(i)));
        if (batch.kind(i) == QueryKind.SCAN) {
          batch.setEndKey(i, PREFIX.concat(batch.endKey(i)));
          batch.setLimit(i, Math.min(batch.limit(i), 10));
        }
      }
    }

    @Override
    public void postRead(ObserverContext context, QueryView asked, ReadResult result) {
      for (int i = 0; i < result.size(); i++) {
        result.setKey(i, result.key(i).slice(PREFIX.length(), result.key(i).length()));
        if (result.value(i).toUtf8().equals("secret")) {
          result.hide(i);
        }
      }
    }
  }

  private static final class Fails implements ReadObserver {
    @Override
    public void postRead(ObserverContext context, QueryView asked, ReadResult result) {
      result.hide(0);
      throw new IllegalStateException("after the edit");
    }
  }

  private static final class Looks implements ReadObserver {
    @Override
    public void preRead(ProposeContext context, QueryBatch batch) {}

    @Override
    public void postRead(ObserverContext context, QueryView asked, ReadResult result) {}
  }

  private final CoprocessorHost host = hostOf(new Tenant());

  private static ReadPair pair(String key, String value) {
    return new ReadPair(text(key), text(value));
  }

  @Test
  void withoutEditsCallAndAnswerStayTheSame() {
    ReadCall call = ReadCall.Get.of("default", text("k"));
    List<ReadPair> found = List.of(pair("k", "v"));

    for (CoprocessorHost plain : List.of(CoprocessorHost.withBuiltIns(), hostOf(new Looks()))) {
      assertThat(plain.preRead(REGION, 6, call)).isSameAs(call);
      assertThat(plain.postRead(REGION, 6, call, found)).isSameAs(found);
    }
  }

  @Test
  void editsWhichKeysAreRead() {
    assertThat(host.observesReads()).isTrue();
    assertThat(host.preRead(REGION, 6, new ReadCall.Get("lock", List.of(text("k"), text("l")))))
        .isEqualTo(new ReadCall.Get("lock", List.of(text("t1/k"), text("t1/l"))));
    assertThat(
            host.preRead(
                REGION, 6, new ReadCall.Scan("default", text("a"), text("m"), 99, true, true)))
        .isEqualTo(new ReadCall.Scan("default", text("t1/a"), text("t1/m"), 10, true, true));
  }

  @Test
  void aGetTellsNothingOfAHiddenPair() {
    ReadCall call = ReadCall.Get.of("default", text("t1/k"));
    assertThat(
            host.postRead(
                REGION,
                6,
                call,
                List.of(
                    pair("t1/k", "v"), pair("t1/l", "secret"), new ReadPair(text("t1/m"), null))))
        .containsExactly(
            pair("k", "v"), new ReadPair(text("l"), null), new ReadPair(text("m"), null));
  }

  @Test
  void aScanLeavesAHiddenPairOut() {
    ReadCall call = new ReadCall.Scan("default", text("t1/a"), text("t1/z"), 5, false, false);
    assertThat(host.postRead(REGION, 6, call, List.of(pair("t1/k", "secret"), pair("t1/l", "v"))))
        .containsExactly(pair("l", "v"));
  }

  @Test
  void aRejectionReachesTheReader() {
    assertThatThrownBy(() -> host.preRead(REGION, 6, ReadCall.Get.of("default", text("denied"))))
        .isInstanceOfSatisfying(
            Refusal.Rejected.class, refused -> assertThat(refused.code).isEqualTo(Code.DENIED));
  }

  @Test
  void aFailureRefusesTheRead() {
    assertThatThrownBy(
            () ->
                hostOf(new Fails())
                    .postRead(
                        REGION, 6, ReadCall.Get.of("default", text("k")), List.of(pair("k", "v"))))
        .isInstanceOf(Refusal.Rejected.class);
  }

  /** Clients ask past the end of a region, which they do not know; what was not edited may stay. */
  @Test
  void onlyABoundThatWasEditedMustStayInTheRegion() {
    var narrow = REGION.toBuilder().setStartKey(text("f")).setEndKey(text("p")).build();
    var moved =
        hostOf(
            new ReadObserver() {
              @Override
              public void preRead(ProposeContext context, QueryBatch batch) {
                if (batch.reverse(0)) {
                  batch.setEndKey(0, Bytes.utf8("m"));
                } else {
                  batch.setKey(0, Bytes.utf8("m"));
                }
              }
            });
    assertThat(moved.preRead(narrow, 6, scan("g", "", false))).isEqualTo(scan("m", "", false));
    assertThat(moved.preRead(narrow, 6, scan("g", "z", false))).isEqualTo(scan("m", "z", false));
    assertThat(moved.preRead(narrow, 6, scan("", "o", true))).isEqualTo(scan("", "m", true));
    assertThatThrownBy(() -> moved.preRead(narrow, 6, scan("g", "k", false)))
        .hasMessageContaining("range ends before it starts");
    assertThatThrownBy(
            () ->
                moved.preRead(
                    narrow.toBuilder().setStartKey(text("n")).build(), 6, scan("o", "", false)))
        .hasMessageContaining("outside of region 2");
  }

  private static ReadCall.Scan scan(String start, String end, boolean reverse) {
    return new ReadCall.Scan("default", text(start), text(end), 5, false, reverse);
  }

  @Test
  void anEditedKeyMustStayInTheRegion() {
    var narrow = REGION.toBuilder().setStartKey(text("t2")).build();
    assertThatThrownBy(() -> host.preRead(narrow, 6, ReadCall.Get.of("default", text("u"))))
        .isInstanceOf(Refusal.Rejected.class)
        .hasMessageContaining("outside of region 2");
  }
}
