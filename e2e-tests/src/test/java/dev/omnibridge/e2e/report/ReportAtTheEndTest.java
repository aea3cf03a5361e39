// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Properties;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.Extension;

class ReportAtTheEndTest {
  @Test
  void shouldBeFoundByJUnitItself() throws IOException {
    assertThat(ServiceLoader.load(Extension.class))
        .hasAtLeastOneElementOfType(ReportAtTheEnd.class);
    var settings = new Properties();
    try (var file = getClass().getResourceAsStream("/junit-platform.properties")) {
      settings.load(file);
    }
    assertThat(settings).containsEntry("junit.jupiter.extensions.autodetection.enabled", "true");
  }
}
