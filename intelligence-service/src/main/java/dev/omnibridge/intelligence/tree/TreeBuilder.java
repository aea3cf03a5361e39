// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.tree;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes a tree of files. */
public final class TreeBuilder {
  /** Most files of a tree. */
  public static final int MOST_FILES = 20_000;

  /** Most directories, without the root. */
  public static final int MOST_DIRECTORIES = 2 * MOST_FILES;

  /** Most levels. */
  public static final int MOST_LEVELS = 64;

  /** Most bytes of the paths of all directories, which each has in full. */
  private static final long MOST_DIRECTORY_BYTES = 16L << 20;

  private final Map<String, TreeFile> files = new LinkedHashMap<>();
  private long bytes;

  /** What keeps a path from being one of a file in the tree; empty when nothing does. */
  public static String problem(String path) {
    String[] parts = path.split("/", -1);
    if (parts.length > MOST_LEVELS) {
      return "it has more than %d levels".formatted(MOST_LEVELS);
    }
    for (String part : parts) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        return "it must be relative, without empty parts, '.' and '..'";
      }
    }
    return path.indexOf('\\') >= 0 || path.indexOf('\0') >= 0
        ? "its parts must be divided by '/'"
        : "";
  }

  /** Adds a file; a path that was added before is replaced. */
  public void add(TreeFile file) {
    TreeFile before = files.put(file.path(), file);
    bytes += file.bytes() - (before == null ? 0 : before.bytes());
  }

  /** About how much memory the files take so far. */
  public long bytes() {
    return bytes;
  }

  /** Files so far. */
  public int size() {
    return files.size();
  }

  /**
   * The tree of all that was added.
   *
   * @throws TreeTooLarge when its files are in too many directories, or too deep
   */
  public ProjectTree build(String projectRoot) {
    var related = new RelatedFiles(files.values());
    var root = new Folder(Node.ROOT, projectName(projectRoot));
    var made = new Made();
    for (TreeFile file : files.values()) {
      folderOf(root, file.directory(), made).files.add(node(file, related.of(file)));
    }
    Counts counts = new Counts();
    Node top = root.toNode(counts);
    return new ProjectTree(
        projectRoot,
        top,
        new Statistics(
            files.size(), counts.directories, counts.extensions, top.size(), counts.purposes));
  }

  private static String projectName(String projectRoot) {
    String clean =
        projectRoot.endsWith("/")
            ? projectRoot.substring(0, projectRoot.length() - 1)
            : projectRoot;
    return clean.substring(clean.lastIndexOf('/') + 1);
  }

  private static Folder folderOf(Folder root, String directory, Made made) {
    Folder folder = root;
    if (!directory.equals(Node.ROOT)) {
      for (String part : directory.split("/")) {
        String above = folder.path;
        folder = folder.folders.computeIfAbsent(part, name -> made.folder(above, name));
      }
    }
    return folder;
  }

  /** The directories that were made. */
  private static final class Made {
    private int directories;
    private long bytes;

    Folder folder(String above, String name) {
      String path = above.equals(Node.ROOT) ? name : above + "/" + name;
      bytes += path.length();
      if (++directories > MOST_DIRECTORIES) {
        throw new TreeTooLarge("%,d directories".formatted(MOST_DIRECTORIES));
      }
      if (bytes > MOST_DIRECTORY_BYTES) {
        throw new TreeTooLarge(
            "%d MiB of paths of directories".formatted(MOST_DIRECTORY_BYTES >> 20));
      }
      return new Folder(path, name);
    }
  }

  private static Node node(TreeFile file, List<String> related) {
    List<String> keywords = new ArrayList<>(file.facts().declared());
    file.facts().words().stream().filter(word -> !keywords.contains(word)).forEach(keywords::add);
    return new Node(
        file.path(),
        file.name(),
        false,
        file.size(),
        file.extension(),
        file.modifiedMillis(),
        Purposes.of(file),
        ArchitecturalPatterns.of(file),
        Texts.of(related),
        Texts.of(keywords),
        List.of());
  }

  private static final class Counts {
    long directories;
    final Map<String, Long> extensions = new TreeMap<>();
    final Map<String, Long> purposes = new TreeMap<>();
  }

  private static final class Folder {
    final String path;
    final String name;
    final Map<String, Folder> folders = new TreeMap<>();
    final List<Node> files = new ArrayList<>();

    Folder(String path, String name) {
      this.path = path;
      this.name = name;
    }

    /** Directories come first, each by name; as deep as {@link #MOST_LEVELS} at most. */
    Node toNode(Counts counts) {
      counts.directories++;
      List<Node> children = new ArrayList<>();
      folders.values().forEach(folder -> children.add(folder.toNode(counts)));
      files.sort(Comparator.comparing(Node::name));
      for (Node file : files) {
        counts.extensions.merge(file.extension(), 1L, Long::sum);
        counts.purposes.merge(file.purpose(), 1L, Long::sum);
        children.add(file);
      }
      return new Node(
          path,
          name,
          true,
          children.stream().mapToLong(Node::size).sum(),
          "",
          children.stream().mapToLong(Node::modifiedMillis).max().orElse(Node.UNKNOWN_TIME),
          purpose(children),
          ArchitecturalPatterns.ofDirectory(children),
          List.of(),
          List.of(),
          List.copyOf(children));
    }

    /** What most of it is for. */
    private static String purpose(List<Node> children) {
      Map<String, Long> purposes = new TreeMap<>();
      children.forEach(child -> purposes.merge(child.purpose(), 1L, Long::sum));
      return purposes.entrySet().stream()
          .max(Map.Entry.comparingByValue())
          .map(Map.Entry::getKey)
          .orElse("other");
    }
  }
}
