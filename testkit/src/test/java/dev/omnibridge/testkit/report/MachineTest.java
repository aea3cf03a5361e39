// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MachineTest {
  private static final long GIB = 1L << 30;
  private static final String XEON =
      """
      processor\t: 0
      vendor_id\t: GenuineIntel
      cpu family\t: 6
      model\t\t: 85
      model name\t: Intel(R) Xeon(R) Platinum 8370C CPU @ 2.80GHz

      processor\t: 1
      vendor_id\t: AnotherVendor
      """;

  private static String name(String cpuinfo, int processors, double gib, boolean container) {
    return Machine.of("Linux-amd64", cpuinfo, processors, (long) (gib * GIB), container)
        .className();
  }

  @Test
  void shouldNameTheClassForWhatFiguresDependOn() {
    assertThat(name(XEON, 4, 15.6, true))
        .isEqualTo("linux-amd64_genuineintel-6-85_4cpu_8g_container");
    assertThat(name(XEON, 4, 15.6, false)).endsWith("_host");
  }

  @Test
  void shouldTakeMachinesOfAboutTheSameMemoryForTheSame() {
    assertThat(name(XEON, 4, 16.1, true)).isEqualTo(name(XEON, 4, 31, true));
    assertThat(name(XEON, 4, 15.9, true)).isNotEqualTo(name(XEON, 4, 16.1, true));
  }

  @Test
  void shouldKnowAnArmProcessorByItsParts() {
    var arm = "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd40\n";
    assertThat(name(arm, 2, 8, false)).contains("_0x41-0xd40_2cpu_8g_");
  }

  @Test
  void shouldDoWithoutKnowingTheProcessor() {
    assertThat(Machine.of("Mac OS X-aarch64", "", 10, 32 * GIB, false).className())
        .isEqualTo("mac-os-x-aarch64_unknown_10cpu_32g_host");
  }

  @Test
  void shouldKnowThisMachine() {
    assertThat(Machine.here().className()).matches("[a-z0-9_-]+");
    assertThat(Machine.here()).isEqualTo(Machine.here());
  }
}
