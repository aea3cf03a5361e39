// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.license;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LicensesTest {
  private static final String MIT =
      """
      Permission is hereby granted, free of charge, to any person obtaining a copy of this
      software, to deal in the Software without restriction, including without limitation the
      rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies.
      The above copyright notice and this permission notice shall be included in all copies or
      substantial portions of the Software.
      """;

  @Test
  void shouldReadTheHeaderOfThisFile() {
    assertThat(Licenses.of("x\n// SPDX-License-Identifier: Apache-2.0\npackage a;"))
        .singleElement()
        .satisfies(found -> {
          assertThat(found.spdxId()).isEqualTo("Apache-2.0");
          assertThat(found.line()).isEqualTo(2);
          assertThat(found.confidence()).isEqualTo(1);
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/* SPDX-License-Identifier: (MIT OR Apache-2.0) */ | MIT OR Apache-2.0",
        "# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0 | GPL-2.0-only WITH Classpath-exception-2.0",
        "<!-- SPDX-License-Identifier: ISC --> | ISC",
        "SPDX-License-Identifier: MIT OR | MIT"
      })
  void shouldReadExpressions(String line, String expression) {
    assertThat(Licenses.of(line)).extracting(LicenseFinding::spdxId).containsExactly(expression);
  }

  @Test
  void shouldKnowTheTextOfTheLicenseOfThisProject() throws Exception {
    String text = Files.readString(Path.of("..", "LICENSE"));
    assertThat(Licenses.of(text))
        .first()
        .satisfies(found -> {
          assertThat(found.spdxId()).isEqualTo("Apache-2.0");
          assertThat(found.confidence()).isGreaterThan(0.8);
        });
    assertThat(Licenses.of(text)).hasSize(1);
  }

  @Test
  void shouldKnowATextThroughTheSignsOfAComment() {
    String commented = MIT.lines().map(line -> " * " + line + "\n").reduce("", String::concat);
    assertThat(Licenses.of(commented)).extracting(LicenseFinding::spdxId).containsExactly("MIT");
  }

  @Test
  void shouldTellTwoClausesFromThree() {
    String two =
        "Redistribution and use in source and binary forms, with or without modification, are"
            + " permitted provided that the following conditions are met: Redistributions in binary"
            + " form must reproduce the above copyright notice. IN NO EVENT SHALL THE";
    String third =
        " Neither the name may be used to endorse or promote products derived from this software"
            + " without specific prior written permission.";
    assertThat(Licenses.of(two).getFirst().spdxId()).isEqualTo("BSD-2-Clause");
    assertThat(Licenses.of(two + third))
        .extracting(LicenseFinding::spdxId)
        .containsExactly("BSD-3-Clause");
  }

  @Test
  void shouldKnowANotice() {
    assertThat(Licenses.of("// Licensed under the MIT License. See LICENSE."))
        .extracting(LicenseFinding::spdxId)
        .containsExactly("MIT");
  }

  @Test
  void shouldFindNothingInOrdinaryProse() {
    assertThat(Licenses.of("You need a license and permission to drive; copyright matters."))
        .isEmpty();
  }
}
