// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.files;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the files that paths mean: a file as it is, a directory with what is selected below it, by
 * name. Links below a directory are not followed, so that every file is met once; stamps beside
 * files are left out.
 */
public final class FileWalk {
  private static final String GIT = ".git";

  /** What the command writes itself, which is no file of the user: sidecars, and what is fresh. */
  private static final Pattern OWN =
      Pattern.compile("\\..*\\.onex-meta\\.json|\\.omnibridge-.*\\.tmp", Pattern.DOTALL);

  /** Takes what a walk comes upon. */
  public interface Taker {
    void take(Found found) throws InterruptedException;
  }

  private final Selection selection;
  private final Taker taker;

  private FileWalk(Selection selection, Taker taker) {
    this.selection = selection;
    this.taker = taker;
  }

  /** Hands on what it comes upon, path after path. */
  public static void of(List<Path> paths, Selection selection, Taker taker)
      throws InterruptedException {
    var walk = new FileWalk(selection, taker);
    for (Path path : paths) {
      walk.start(path);
    }
  }

  /**
   * A directory on the way.
   *
   * @param names from the top of the repository, else from the directory that was named
   * @param rules what ignore files say down to here
   * @param wanted what else was said
   * @param included everything below it is
   */
  private record Level(
      Path path, List<String> names, IgnoreRules rules, Wanted wanted, boolean included) {
    List<String> namesOf(String child) {
      var all = new ArrayList<>(names);
      all.add(child);
      return all;
    }

    /** True when everything below it is taken that is not hidden. */
    boolean takesAll() {
      return included && rules.isEmpty() && wanted.excluded().isEmpty();
    }
  }

  /** The patterns of the selection, for one directory that was named. */
  private record Wanted(IgnoreRules included, IgnoreRules excluded) {}

  private void start(Path path) throws InterruptedException {
    try {
      var what = Files.readAttributes(path, BasicFileAttributes.class);
      if (what.isDirectory()) {
        enter(top(path));
      } else if (what.isRegularFile()) {
        taker.take(new Found.File(path, what.size()));
      } else {
        throw new FileSystemException(path.toString(), null, "it is not a regular file");
      }
    } catch (IOException failure) {
      taker.take(new Found.Unreadable(path, failure));
    }
  }

  private Level top(Path directory) throws IOException {
    Path real = directory.toRealPath();
    Path root = selection.ignoreFiles() ? repository(real) : null;
    List<String> names = new ArrayList<>();
    IgnoreRules rules = IgnoreRules.NONE;
    if (root != null) {
      rules = rules.with(root.resolve(GIT).resolve("info").resolve("exclude"), 0);
      for (Path at = root; !at.equals(real); at = at.resolve(names.getLast())) {
        rules = rules.into(at, names.size());
        names.add(nameOf(real.getName(at.getNameCount())));
      }
    }
    var wanted =
        new Wanted(
            IgnoreRules.of(selection.included(), names.size()),
            IgnoreRules.of(selection.excluded(), names.size()));
    return new Level(directory, names, rules, wanted, selection.included().isEmpty());
  }

  private static @Nullable Path repository(Path directory) {
    for (Path at = directory; at != null; at = at.getParent()) {
      if (Files.exists(at.resolve(GIT), LinkOption.NOFOLLOW_LINKS)) {
        return at;
      }
    }
    return null;
  }

  private void enter(Level level) throws InterruptedException {
    List<Path> children = new ArrayList<>();
    IgnoreRules rules;
    try (DirectoryStream<Path> found = Files.newDirectoryStream(level.path())) {
      found.forEach(children::add);
      rules =
          selection.ignoreFiles()
              ? level.rules().into(level.path(), level.names().size())
              : level.rules();
    } catch (IOException | DirectoryIteratorException failure) {
      taker.take(new Found.Unreadable(level.path(), cause(failure)));
      return;
    }
    children.sort(Comparator.naturalOrder());
    var here = new Level(level.path(), level.names(), rules, level.wanted(), level.included());
    for (Path child : children) {
      look(here, child);
    }
  }

  private static IOException cause(Exception failure) {
    return failure instanceof IOException io ? io : new IOException(failure.getCause());
  }

  private void look(Level level, Path child) throws InterruptedException {
    String name = nameOf(child);
    if (name.equals(GIT)
        || OWN.matcher(name).matches()
        || !selection.hidden() && name.startsWith(".")) {
      return;
    }
    try {
      var what = Files.readAttributes(child, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      boolean directory = what.isDirectory();
      if (!directory && !what.isRegularFile()) {
        return;
      }
      if (!directory && level.takesAll()) {
        taker.take(new Found.File(child, what.size()));
        return;
      }
      List<String> names = level.namesOf(name);
      if (isLeftOut(level, names, directory)) {
        return;
      }
      boolean included = level.included() || level.wanted().included().ignores(names, directory);
      if (directory) {
        enter(new Level(child, names, level.rules(), level.wanted(), included));
      } else if (included) {
        taker.take(new Found.File(child, what.size()));
      }
    } catch (IOException failure) {
      taker.take(new Found.Unreadable(child, failure));
    }
  }

  private static boolean isLeftOut(Level level, List<String> names, boolean directory) {
    return level.wanted().excluded().ignores(names, directory)
        || level.rules().ignores(names, directory);
  }

  private static String nameOf(Path path) {
    return String.valueOf(path.getFileName());
  }
}
