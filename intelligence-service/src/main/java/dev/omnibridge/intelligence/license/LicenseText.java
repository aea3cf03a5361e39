// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.license;

import java.util.List;

/**
 * The phrases by which a license's text is told, as {@link Words} has them.
 *
 * @param phrases the share of them that is there is the confidence
 * @param without a phrase that only a longer relative of the license has
 */
record LicenseText(String spdxId, List<String> phrases, List<String> without) {

  private static final String BSD =
      "redistribution and use in source and binary forms with or without modification are permitted"
          + " provided that the following conditions are met";
  private static final String BSD_FORMS =
      "redistributions in binary form must reproduce the above copyright notice";
  private static final String BSD_ENDORSE =
      "may be used to endorse or promote products derived from this software without specific prior"
          + " written permission";

  /** All that are known. The order decides nothing. */
  static final List<LicenseText> ALL =
      List.of(
          text(
              "Apache-2.0",
              "apache license version 2 0",
              "licensed under the apache license version 2 0",
              "you may not use this file except in compliance with the license",
              "terms and conditions for use reproduction and distribution",
              "grant of patent license",
              "submission of contributions"),
          text(
              "MIT",
              "permission is hereby granted free of charge to any person obtaining a copy",
              "to deal in the software without restriction including without limitation the rights"
                  + " to use copy modify merge publish distribute sublicense and or sell copies",
              "the above copyright notice and this permission notice shall be included in all"
                  + " copies or substantial portions of the software"),
          text("BSD-2-Clause", BSD, BSD_FORMS, "in no event shall the")
              .unless("endorse or promote products", "advertising materials mentioning"),
          text("BSD-3-Clause", BSD, BSD_FORMS, BSD_ENDORSE),
          text(
              "GPL-2.0",
              "gnu general public license version 2 june 1991",
              "the licenses for most software are designed to take away your freedom",
              "you may copy and distribute verbatim copies of the program s source code"),
          text(
              "GPL-3.0",
              "gnu general public license version 3 29 june 2007",
              "the gnu general public license is a free copyleft license",
              "patent license is knowingly relying"),
          text(
              "LGPL-2.1",
              "gnu lesser general public license version 2 1 february 1999",
              "work that uses the library",
              "this license the lesser general public license applies"),
          text(
              "LGPL-3.0",
              "gnu lesser general public license version 3 29 june 2007",
              "this version of the gnu lesser general public license incorporates the terms and"
                  + " conditions of version 3 of the gnu general public license",
              "exception to section 3 of the gnu gpl"),
          text(
              "AGPL-3.0",
              "gnu affero general public license version 3 19 november 2007",
              "the gnu affero general public license is a free copyleft license",
              "remote network interaction"),
          text(
              "MPL-2.0",
              "mozilla public license version 2 0",
              "this source code form is subject to the terms of the mozilla public license",
              "incompatible with secondary licenses",
              "covered software"),
          text(
              "EPL-2.0",
              "eclipse public license v 2 0",
              "the accompanying program is provided under the terms of this eclipse public license",
              "secondary license"),
          text(
              "Unlicense",
              "this is free and unencumbered software released into the public domain",
              "anyone is free to copy modify publish use compile sell or distribute this software",
              "in jurisdictions that recognize copyright laws"),
          text(
              "ISC",
              "permission to use copy modify and or distribute this software for any purpose with"
                  + " or without fee is hereby granted",
              "provided that the above copyright notice and this permission notice appear in all"
                  + " copies",
              "the software is provided as is and the author disclaims all warranties"),
          text(
              "CC0-1.0",
              "cc0 1 0 universal",
              "the laws of most jurisdictions throughout the world automatically confer exclusive"
                  + " copyright and related rights",
              "statement of purpose"));

  /** Notices that a file carries in place of the text; one phrase of them is enough. */
  static final List<LicenseText> NOTICES =
      List.of(
          text("Apache-2.0", "licensed under the apache license version 2 0"),
          text("MIT", "licensed under the mit license"),
          text(
              "MPL-2.0",
              "this source code form is subject to the terms of the mozilla public license v 2 0"),
          text(
              "GPL-2.0-or-later",
              "under the terms of the gnu general public license as published by the free software"
                  + " foundation either version 2 of the license or"),
          text(
              "GPL-3.0-or-later",
              "under the terms of the gnu general public license as published by the free software"
                  + " foundation either version 3 of the license or"),
          text(
              "LGPL-2.1-or-later",
              "under the terms of the gnu lesser general public license as published by the free"
                  + " software foundation either version 2 1 of the license or"),
          text(
              "AGPL-3.0-or-later",
              "under the terms of the gnu affero general public license as published by the free"
                  + " software foundation either version 3 of the license or"),
          text("EPL-2.0", "made available under the terms of the eclipse public license 2 0"));

  private static LicenseText text(String spdxId, String... phrases) {
    return new LicenseText(spdxId, List.of(phrases), List.of());
  }

  private LicenseText unless(String... longer) {
    return new LicenseText(spdxId, phrases, List.of(longer));
  }

  /** The share of the phrases that the words hold; 0 for a relative of the license. */
  double share(String words) {
    if (without.stream().anyMatch(words::contains)) {
      return 0;
    }
    long held = phrases.stream().filter(words::contains).count();
    return (double) held / phrases.size();
  }
}
