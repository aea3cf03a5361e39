// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.RecordEdit;
import dev.omnibridge.api.log.v1.RecordHeader;
import dev.omnibridge.runtime.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EditedRecordTest {
  private static final String LOG = "01931b2e-0000-7000-8000-00000000000f";

  private static RecordHeader header(String key, String value) {
    return RecordHeader.newBuilder().setKey(key).setValue(ByteString.copyFromUtf8(value)).build();
  }

  private static DeadLetter.Builder letter() {
    return DeadLetter.newBuilder()
        .setValue(ByteString.copyFromUtf8("old"))
        .addHeaders(header("a", "1"))
        .addHeaders(header("b", "2"))
        .addHeaders(header("a", "3"));
  }

  private static RecordEdit value(String text) {
    return RecordEdit.newBuilder().setValue(ByteString.copyFromUtf8(text)).build();
  }

  @Test
  void shouldBeTheOriginalWithoutAnEdit() {
    var record = EditedRecord.of(letter().build(), RecordEdit.getDefaultInstance(), LOG);
    assertThat(record.isEdited()).isFalse();
    assertThat(record.value()).isEqualTo(ByteString.copyFromUtf8("old"));
    assertThat(record.headers()).isEqualTo(letter().getHeadersList());
    assertThat(record.changes()).isEmpty();
  }

  @Test
  void shouldReplaceEveryHeaderOfAKeyAndLeaveOutTheRemovedOnes() {
    var edit =
        RecordEdit.newBuilder().addSetHeaders(header("a", "new")).addRemoveHeaders("b").build();
    var record = EditedRecord.of(letter().addHeaders(header("c", "4")).build(), edit, LOG);
    assertThat(record.headers()).containsExactly(header("c", "4"), header("a", "new"));
    assertThat(record.value()).isEqualTo(ByteString.copyFromUtf8("old"));
    assertThat(record.changes().toString())
        .isEqualTo("{\"headers_set\":[\"a\"],\"headers_removed\":[\"b\"]}");
  }

  @Test
  void shouldTellWhatChangedWithoutContents() {
    var changes = EditedRecord.of(letter().build(), value("newer"), LOG).changes();
    assertThat(changes.at("/value_before/bytes").asInt()).isEqualTo(3);
    assertThat(changes.at("/value_after/bytes").asInt()).isEqualTo(5);
    assertThat(changes.at("/value_after/blake3").asText()).hasSize(64);
    assertThat(changes.toString()).doesNotContain("newer");
  }

  @Test
  void shouldCountTheBytesThatKafkaWillCount() {
    var edit = RecordEdit.newBuilder();
    for (int i = 0; i < 1000; i++) {
      edit.addSetHeaders(header("\u20ac" + i, ""));
    }
    var record = EditedRecord.of(letter().build(), edit.build(), LOG);
    assertThat(record.bytes()).isGreaterThan(1000 * (3 + 10));
  }

  @Test
  void shouldTellAnEmptyNewValueFromNone() {
    assertThat(EditedRecord.of(letter().build(), value(""), LOG).isEdited()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ob_log_id",
        "x-replay-count",
        "x-replayed-by",
        "x-original-record-time",
        "__connect.errors.topic",
        ""
      })
  void shouldRefuseHeadersThatAreNotTheCallersToSet(String key) {
    var edit = RecordEdit.newBuilder().addSetHeaders(header(key, "x")).build();
    var fault =
        catchThrowableOfType(Fault.class, () -> EditedRecord.of(letter().build(), edit, LOG));
    assertThat(fault.reason()).isEqualTo("HEADER_RESERVED");
  }

  @Test
  void shouldRefuseToChangeAnEventOfTheLogItself() {
    var own = letter().addHeaders(header("ob_log_id", LOG)).build();
    var fault = catchThrowableOfType(Fault.class, () -> EditedRecord.of(own, value("new"), LOG));
    assertThat(fault.reason()).isEqualTo("EDIT_OF_OWN_EVENT");
    assertThat(EditedRecord.of(own, RecordEdit.getDefaultInstance(), LOG).isEdited()).isFalse();
    assertThat(EditedRecord.of(own, value("new"), "another log").isEdited()).isTrue();
  }
}
