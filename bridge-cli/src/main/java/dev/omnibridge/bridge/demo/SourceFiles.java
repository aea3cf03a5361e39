// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The source files of a project: those that git tracks, or without git those that look the part.
 */
public final class SourceFiles {
  private static final long GIT_SECONDS = 20;
  private static final Set<String> SKIPPED_DIRECTORIES =
      Set.of(".git", ".omnibridge", ".idea", ".vscode", "target", "node_modules");
  private static final Set<String> SUFFIXES =
      Set.of(
          "java",
          "proto",
          "md",
          "xml",
          "yaml",
          "yml",
          "json",
          "sql",
          "sh",
          "properties",
          "txt",
          "html",
          "css",
          "js",
          "ts",
          "py",
          "go",
          "rs",
          "c",
          "h",
          "toml",
          "jq");

  private SourceFiles() {}

  /** Relative paths in the order of their names. */
  public static List<Path> under(Path root) throws IOException {
    List<Path> tracked = tracked(root);
    return (tracked.isEmpty() ? walked(root) : tracked)
        .stream().filter(file -> isRegular(root.resolve(file))).sorted().toList();
  }

  private static boolean isRegular(Path file) {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
  }

  /** Empty when there is no git, no repository, or nothing in it. */
  private static List<Path> tracked(Path root) {
    try {
      Process git =
          new ProcessBuilder("git", "-C", root.toString(), "ls-files", "-z")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      git.getOutputStream().close();
      byte[] listed = git.getInputStream().readAllBytes();
      if (!git.waitFor(GIT_SECONDS, TimeUnit.SECONDS)) {
        Process unused = git.destroyForcibly();
        return List.of();
      }
      return git.exitValue() == 0 ? paths(listed) : List.of();
    } catch (IOException noGit) {
      return List.of();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  private static List<Path> paths(byte[] listed) {
    return Arrays.stream(new String(listed, StandardCharsets.UTF_8).split("\0"))
        .filter(name -> !name.isEmpty())
        .map(Path::of)
        .toList();
  }

  private static List<Path> walked(Path root) throws IOException {
    var found = new ArrayList<Path>();
    Path unused =
        Files.walkFileTree(
            root,
            new SimpleFileVisitor<>() {
              @Override
              public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes what) {
                return SKIPPED_DIRECTORIES.contains(String.valueOf(directory.getFileName()))
                    ? FileVisitResult.SKIP_SUBTREE
                    : FileVisitResult.CONTINUE;
              }

              @Override
              public FileVisitResult visitFile(Path file, BasicFileAttributes what) {
                if (SUFFIXES.contains(suffix(file))) {
                  found.add(root.relativize(file));
                }
                return FileVisitResult.CONTINUE;
              }

              @Override
              public FileVisitResult visitFileFailed(Path file, IOException vanished) {
                return FileVisitResult.CONTINUE;
              }
            });
    return found;
  }

  private static String suffix(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
