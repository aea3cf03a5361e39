// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import static dev.omnibridge.stamping.Served.options;
import static dev.omnibridge.stamping.StampingStories.fault;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.CreateStampResponse;
import dev.omnibridge.api.stamping.v1.StampFormat;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.stamping.v1.ValidateStampRequest;
import dev.omnibridge.api.stamping.v1.ValidateStampResponse;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Violation;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Stamps as they are written, and what is said of them when they are read. */
class FormatsTest {
  private static final ByteString TEXT = ByteString.copyFromUtf8("import os\nprint(1)\n");
  private static final ByteString BINARY = ByteString.copyFrom(new byte[] {1, 0, 2, 3});
  private static final ByteString LATIN1 = ByteString.copyFrom(new byte[] {'a', (byte) 0xE9});
  private static final String TOOL =
      """
      {"metadata_version": "0.1", "name": "counter", "namespace": "tools", "version": "1.0.0",
       "entrypoint": "counter.py", "protocols_supported": ["O.N.E. v0.1"],
       "tags": ["a */ b", "--> c"], "runtime_constraints": {"sandboxed": true}}
      """;

  private Served served;

  @BeforeEach
  void start() throws Exception {
    served = Served.with(Map.of());
  }

  @AfterEach
  void stop() throws Exception {
    served.close();
  }

  @Test
  void shouldKeepFileHashAndOneStampThroughEveryFormatAndBack() {
    String fileHash = stamp(TEXT, StampFormat.STAMP_FORMAT_LIGHTWEIGHT).getStamp().getFileHash();
    ByteString text = TEXT;
    for (StampFormat format :
        List.of(
            StampFormat.STAMP_FORMAT_LIGHTWEIGHT,
            StampFormat.STAMP_FORMAT_RICH,
            StampFormat.STAMP_FORMAT_HASH_ONLY,
            StampFormat.STAMP_FORMAT_TOOL_METADATA,
            StampFormat.STAMP_FORMAT_LIGHTWEIGHT)) {
      CreateStampResponse created = stamp(text, format);
      text = created.getStampedContent();
      ValidateStampResponse checked = validate(text, v -> v.setCheckRecorded(true));

      assertThat(created.getStamp().getFileHash()).isEqualTo(fileHash);
      assertThat(checked.getStampsFound()).isEqualTo(1);
      assertThat(checked.getValid()).as(checked.getProblem()).isTrue();
      // A rich stamp states the size of the newest revision, which is one with a stamp now.
      ByteString again = stamp(text, format).getStampedContent();
      assertThat(stamp(again, format).getStampedContent()).isEqualTo(again);
    }
  }

  @Test
  void shouldKeepEverythingButTheHashInTheSidecar() {
    CreateStampResponse created = stamp(TEXT, StampFormat.STAMP_FORMAT_HASH_ONLY);

    assertThat(created.getStampedContent().toStringUtf8())
        .isEqualTo(
            "# ONEX:META:%s\n%s".formatted(created.getStamp().getFileHash(), TEXT.toStringUtf8()));
    assertThat(created.getSidecarName()).isEqualTo(".counter.py.onex-meta.json");
    assertThat(created.getSidecar().toStringUtf8())
        .contains("\"stamp_id\":\"" + created.getStamp().getStampId(), "\"hashed_by\":\"server\"");
    assertThat(
            validate(created.getStampedContent(), v -> v.setSidecar(created.getSidecar()))
                .getChecksList())
        .extracting("stampType", "reason")
        .containsExactly(tuple("hash-only", ""), tuple("detached", ""));
  }

  @Test
  void shouldStampBinaryContentBesideIt() {
    CreateStampResponse created = stamp(BINARY, StampFormat.STAMP_FORMAT_DETACHED);
    ByteString sidecar = created.getSidecar();

    assertThat(created.getStampedContent()).isEmpty();
    assertThat(validate(BINARY, v -> v.setSidecar(sidecar).setCheckRecorded(true)).getValid())
        .isTrue();
    assertThat(validate(BINARY.concat(TEXT), v -> v.setSidecar(sidecar)).getReason())
        .isEqualTo("STAMP_HASH_MISMATCH");
    assertThat(validate(BINARY, v -> v.setSidecar(sidecar.substring(1))).getReason())
        .isEqualTo("SIDECAR_MALFORMED");
  }

  @Test
  void shouldAlterNothingThatIsNoText() {
    Map<ByteString, String> reasons =
        Map.of(BINARY, "CONTENT_NOT_TEXT", LATIN1, "CONTENT_NOT_UTF8");
    reasons.forEach((content, reason) -> {
      for (StampFormat format :
          List.of(
              StampFormat.STAMP_FORMAT_LIGHTWEIGHT,
              StampFormat.STAMP_FORMAT_RICH,
              StampFormat.STAMP_FORMAT_HASH_ONLY,
              StampFormat.STAMP_FORMAT_TOOL_METADATA)) {
        assertThat(fault(() -> stamp(content, format)).reason()).isEqualTo(reason);
      }
    });
    assertThat(served.model.events()).isEmpty();
  }

  @Test
  void shouldNotWriteWhereTheLanguageHasNoComments() {
    var json = options().setFilePath("a/package.json").setReturnStampedContent(true);

    assertThat(fault(() -> create(ByteString.copyFromUtf8("{}"), json)).reason())
        .isEqualTo("LANGUAGE_WITHOUT_COMMENTS");
    assertThat(served.model.events()).isEmpty();
    assertThat(
            create(ByteString.copyFromUtf8("{}"), json.setFormat(StampFormat.STAMP_FORMAT_DETACHED))
                .getSidecarName())
        .isEqualTo(".package.json.onex-meta.json");
  }

  @Test
  void shouldNotWriteWhereAStampCouldBreakTheFile() {
    Map<String, String> reasons =
        Map.of(
            "composer.lock", "LANGUAGE_WITHOUT_COMMENTS",
            "run.bat", "LANGUAGE_WITHOUT_COMMENTS",
            "script.pl", "TEXT_ENDS_IN_DATA",
            "notes.md", "STAMP_AMBIGUOUS");
    String text =
        "__END__\n<!-- ONEX_METADATA_START -->\n"
            + "<!-- ONEX_METADATA_START -->\nuid: u\nhash: %s\ntimestamp: 2026-11-21T12:00:00Z\n"
                .formatted("ab".repeat(32))
            + "<!-- ONEX_METADATA_END -->\nuid: u\nhash: %s\ntimestamp: 2026-11-21T12:00:00Z\n"
                .formatted("cd".repeat(32))
            + "<!-- ONEX_METADATA_END -->\n";

    reasons.forEach((name, reason) -> {
      var asked =
          options()
              .setFilePath(name)
              .setReturnStampedContent(true)
              .setFormat(StampFormat.STAMP_FORMAT_RICH);
      assertThat(fault(() -> create(ByteString.copyFromUtf8(text), asked)).reason())
          .as(name)
          .isEqualTo(reason);
    });
    assertThat(served.model.events()).isEmpty();
  }

  @Test
  void shouldWriteNoTwoHyphensIntoAComment() {
    String metadata = TOOL.replace("\"counter\"", "\"a--b\"");
    for (StampFormat format :
        List.of(StampFormat.STAMP_FORMAT_RICH, StampFormat.STAMP_FORMAT_TOOL_METADATA)) {
      ByteString written =
          create(
                  ByteString.copyFromUtf8("<a/>\n"),
                  options()
                      .setFilePath("a--b---c.xml")
                      .setMetadata(metadata)
                      .setReturnStampedContent(true)
                      .setFormat(format))
              .getStampedContent();

      assertThat(written.toStringUtf8().replace("<!--", "").replace("-->", ""))
          .contains("a-\\u002db")
          .doesNotContain("--");
      assertThat(validate(written, v -> v.setCheckRecorded(true)).getValid()).isTrue();
    }
  }

  @Test
  void shouldWriteNoValueThatEndsTheCommentItStandsIn() {
    String nasty = "a ?> \\u000a\u2028 */ b";
    for (StampFormat format :
        List.of(StampFormat.STAMP_FORMAT_RICH, StampFormat.STAMP_FORMAT_TOOL_METADATA)) {
      ByteString written =
          create(
                  ByteString.copyFromUtf8("<?php\nf();\n"),
                  options()
                      .setFilePath(nasty + ".php")
                      .setMetadata(TOOL.replace("a */ b", nasty.replace("\\", "\\\\")))
                      .setReturnStampedContent(true)
                      .setFormat(format))
              .getStampedContent();

      assertThat(written.toStringUtf8())
          .contains("a ?\\u003e \\\\u000a\\u2028 *\\/ b")
          .doesNotContain("?>", "\u2028");
      assertThat(validate(written, v -> v.setCheckRecorded(true)).getValid()).isTrue();
    }
  }

  @Test
  void shouldWriteToolMetadataOnlyWhenTheyAreReadAgain() {
    for (String fits : List.of("x".repeat(20_000), "-".repeat(5_800), "\u5370".repeat(6_700))) {
      ByteString written = stampWithNotes(fits).getStampedContent();
      assertThat(validate(written, v -> v.setCheckRecorded(true)).getValid()).isTrue();
    }
    for (String tooLong : List.of("-".repeat(6_000), "\u5370".repeat(7_000))) {
      assertThat(fault(() -> stampWithNotes(tooLong)).reason()).isEqualTo("TOOL_METADATA_INVALID");
    }
  }

  private CreateStampResponse stampWithNotes(String notes) {
    return create(
        TEXT,
        options()
            .setReturnStampedContent(true)
            .setFormat(StampFormat.STAMP_FORMAT_TOOL_METADATA)
            .setMetadata(
                TOOL.replace("\"counter\"", "\"counter\", \"notes\": \"%s\"".formatted(notes))));
  }

  @Test
  void shouldNameTheKeysThatToolMetadataLack() {
    Fault fault =
        fault(() ->
            create(
                TEXT,
                options()
                    .setReturnStampedContent(true)
                    .setFormat(StampFormat.STAMP_FORMAT_TOOL_METADATA)
                    .setMetadata("{\"name\": \"a\", \"namespace\": \"b\", \"version\": \"\"}")));

    assertThat(fault.reason()).isEqualTo("TOOL_METADATA_INVALID");
    assertThat(fault.violations())
        .extracting(Violation::field)
        .containsExactly(
            "options.metadata.metadata_version",
            "options.metadata.version",
            "options.metadata.entrypoint",
            "options.metadata.protocols_supported");
    assertThat(served.model.events()).isEmpty();
  }

  @Test
  void shouldRefuseContentThatIsNotTheOneAnnounced() {
    assertThat(fault(() -> create(TEXT, options().setDeclaredSize(1))).reason())
        .isEqualTo("SIZE_MISMATCH");
    assertThat(fault(() -> create(ByteString.EMPTY, options().setDeclaredSize(1))).reason())
        .isEqualTo("SIZE_MISMATCH");
    assertThat(
            fault(() -> create(TEXT, options().setExpectedContentHash("ab".repeat(32)))).reason())
        .isEqualTo("HASH_MISMATCH");
    assertThat(fault(() -> create(TEXT, options().setExpectedContentHash("12"))).reason())
        .isEqualTo("INVALID_HASH_FORMAT");
    assertThat(served.model.events()).isEmpty();
    assertThat(create(ByteString.EMPTY, options().setDeclaredSize(0)).getExisted()).isFalse();
  }

  @Test
  void shouldTellAForgedStampFromARecordedOne() {
    String stamped =
        stamp(TEXT, StampFormat.STAMP_FORMAT_LIGHTWEIGHT).getStampedContent().toStringUtf8();
    ByteString forged =
        ByteString.copyFromUtf8(stamped.replaceFirst("uid=[^,]+", "uid=" + "0".repeat(36)));

    assertThat(validate(forged, v -> v).getValid()).isTrue();
    assertThat(validate(forged, v -> v.setCheckRecorded(true)).getReason())
        .isEqualTo("STAMP_NOT_RECORDED");
    assertThat(
            validate(
                    ByteString.copyFromUtf8(stamped),
                    v -> v.setCheckRecorded(true).setNamespace("elsewhere"))
                .getReason())
        .isEqualTo("STAMP_NOT_RECORDED");
  }

  @Test
  void shouldLeaveNothingBehindWhenItOnlyChecks() {
    ByteString truncated = ByteString.copyFromUtf8("# ONEX:uid=a,hash=12");

    assertThat(validate(truncated, v -> v).getReason()).isEqualTo("STAMP_TRUNCATED");
    assertThat(validate(BINARY, v -> v).getReason()).isEqualTo("CONTENT_NOT_TEXT");
    assertThat(validate(LATIN1, v -> v).getReason()).isEqualTo("CONTENT_NOT_UTF8");
    assertThat(served.model.events()).isEmpty();
  }

  private CreateStampResponse stamp(ByteString content, StampFormat format) {
    return create(
        content,
        options()
            .setFilePath("src/counter.py")
            .setReturnStampedContent(true)
            .setMetadata(TOOL)
            .setFormat(format));
  }

  private CreateStampResponse create(ByteString content, StampOptions.Builder options) {
    return served
        .client()
        .createStamp(
            CreateStampRequest.newBuilder().setContent(content).setOptions(options).build());
  }

  private ValidateStampResponse validate(
      ByteString content, UnaryOperator<ValidateStampRequest.Builder> more) {
    var request =
        ValidateStampRequest.newBuilder()
            .setContent(content)
            .setStrict(true)
            .setNamespace(Served.NAMESPACE);
    return served.client().validateStamp(more.apply(request).build());
  }
}
