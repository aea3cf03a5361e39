// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.files.FileChangedException;
import dev.omnibridge.bridge.files.FileNotWrittenException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Texts that the user names: a file, stdin, or the argument itself. */
final class Inputs {
  /** Largest definition and largest input of a workflow, in bytes. */
  static final int MOST_BYTES = 256 * 1024;

  private Inputs() {}

  /** The text of a file, or of stdin for "-". */
  static String file(String name) {
    try (InputStream in = name.equals("-") ? System.in : Files.newInputStream(Path.of(name))) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new CliFailure(
            ExitCode.USAGE,
            "%s is larger than the 256 KiB that a workflow may have; put large content into the content store and pass its hash."
                .formatted(name));
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException notText) {
      throw new CliFailure(ExitCode.USAGE, name + " is not UTF-8 text.", notText);
    } catch (IOException unreadable) {
      throw unreadable(name, unreadable);
    }
  }

  /** The text itself, or that of a file for "@FILE". */
  static String textOrFile(String argument) {
    return argument.startsWith("@") ? file(argument.substring(1)) : argument;
  }

  /** Says why a file cannot be read, or what else became of it. */
  static CliFailure unreadable(String name, IOException failure) {
    if (failure instanceof FileNotWrittenException) {
      return new CliFailure(ExitCode.ENVIRONMENT, failure.getMessage() + ".", failure);
    }
    if (failure instanceof FileChangedException) {
      return new CliFailure(ExitCode.FAILED, failure.getMessage() + ".", failure);
    }
    return new CliFailure(ExitCode.USAGE, whyUnreadable(name, failure) + ".", failure);
  }

  /** The same as a clause, for a list of several. */
  static String whyUnreadable(String name, IOException failure) {
    return switch (failure) {
      case NoSuchFileException _ -> "There is no file " + name;
      case AccessDeniedException _ -> name + " may not be read";
      default ->
          Files.isDirectory(Path.of(name))
              ? name + " is a directory"
              : name + " cannot be read (" + reason(failure) + ")";
    };
  }

  /** Without the name, which the sentence has already. */
  private static String reason(IOException failure) {
    return failure instanceof FileSystemException told && told.getReason() != null
        ? told.getReason()
        : String.valueOf(failure.getMessage());
  }
}
