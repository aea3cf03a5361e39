// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.merkle;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which log a checkpoint speaks of. An epoch that began with a restore has a name of its own,
 * because its leaves may stand in another order than those that were lost.
 *
 * @param logId UUID of the suite's event log
 * @param epoch 1 until its database was restored for the first time
 * @param namespace whose stamps
 */
public record Origin(String logId, long epoch, String namespace) {
  private static final String LOG_ID = "[0-9a-f-]{36}";
  private static final String NAMESPACE = "[A-Za-z0-9][A-Za-z0-9._-]{0,254}";
  private static final Pattern FORM =
      Pattern.compile(
          "omnibridge/(?<log>%s)(?:\\.(?<epoch>[1-9][0-9]{0,17}))?/(?<namespace>%s)"
              .formatted(LOG_ID, NAMESPACE));

  /**
   * Whatever is not a name could end the line that it stands in, and so make the checkpoint of one
   * log that of another.
   *
   * @throws IllegalArgumentException when it is none
   */
  public Origin {
    if (!logId.matches(LOG_ID) || epoch < 1 || !namespace.matches(NAMESPACE)) {
      throw new IllegalArgumentException("There is no log of such a name");
    }
  }

  /** The origin in a text; null when it is none of ours. */
  public static @Nullable Origin parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return null;
    }
    String epoch = form.group("epoch");
    return new Origin(
        form.group("log"), epoch == null ? 1 : Long.parseLong(epoch), form.group("namespace"));
  }

  /** The first line of a checkpoint, and the name of the keys that sign it. */
  public String text() {
    String epochs = epoch == 1 ? "" : "." + epoch;
    return "omnibridge/" + logId + epochs + "/" + namespace;
  }
}
