// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.launch;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/**
 * Starts the main class that the manifest of the jar names ({@code Launch-Main}), or says in one
 * sentence that this Java is too old and ends with 3.
 */
public final class Launch {
  private static final int NEEDED = 25;
  private static final int ENVIRONMENT = 3;

  private Launch() {}

  /** For {@code java -jar}: the class path is the jar itself. */
  public static void main(String[] arguments) throws Throwable {
    Attributes manifest = manifestOf(System.getProperty("java.class.path"));
    if (Runtime.version().feature() < NEEDED) {
      System.err.println(tooOld(manifest.getValue(Attributes.Name.IMPLEMENTATION_TITLE)));
      System.exit(ENVIRONMENT);
    }
    try {
      Class.forName(manifest.getValue("Launch-Main"))
          .getMethod("main", String[].class)
          .invoke(null, (Object) arguments);
    } catch (InvocationTargetException failed) {
      throw failed.getTargetException();
    }
  }

  private static Attributes manifestOf(String jar) throws IOException {
    if (jar.contains(File.pathSeparator)) {
      throw new IllegalArgumentException("Launch is for java -jar; name the main class instead");
    }
    try (var file = new JarFile(jar)) {
      return file.getManifest().getMainAttributes();
    }
  }

  private static String tooOld(String name) {
    return "%s needs Java %d or later; this is Java %s in %s: run it with a newer java, for example Temurin %d."
        .formatted(
            name,
            NEEDED,
            System.getProperty("java.version"),
            System.getProperty("java.home"),
            NEEDED);
  }
}
