// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.launch;

import java.io.IOException;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/** Prints the libraries that the manifest of a jar names, one a line, as the images need them. */
public final class Libraries {
  private Libraries() {}

  /** The one argument is the jar; one that names no library prints nothing. */
  public static void main(String[] arguments) throws IOException {
    try (var jar = new JarFile(arguments[0])) {
      String named = jar.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      if (named != null) {
        for (String library : named.strip().split(" +")) {
          System.out.println(library);
        }
      }
    }
  }
}
